// What a student's page shows around the questions: the lobby, a pause, the close, what is saved, and what is announced.
(() => {
  const quiz = window.strideQuiz;
  const byId = (id) => document.getElementById(id);
  const WITH_QUESTIONS = ["paper", "bar", "late", "extra"];
  const WITH_OTHER_NUMBER = ["waiting", "coming", "open"];

  const overviewText = (open, unsaved) => {
    if (unsaved) return "Not everything is saved yet. Keep this page open: it goes on trying.";
    if (open) return "Each answer is saved as you give it: there is nothing to submit.";
    return "Every question is answered, and every answer is saved. There is nothing to submit; you can change answers until the end.";
  };

  // `sheet` and `outbox` are given later, for they announce things themselves.
  quiz.panels = (root) => {
    let sheet = null;
    let outbox = null;

    const announce = (text) => { byId("announcement").textContent = text; };

    const show = (name) => {
      root.dataset.phase = name;
      root.querySelectorAll("[data-panel]").forEach((each) => { each.hidden = each.dataset.panel !== name; });
      WITH_QUESTIONS.filter(byId).forEach((id) => { byId(id).hidden = name !== "open"; });
      byId("again").hidden = !WITH_OTHER_NUMBER.includes(name);
    };

    const connection = (text) => {
      byId("connection").hidden = !text;
      byId("connection").querySelector("span").textContent = text;
    };

    const progress = () => {
      const questions = sheet.questions();
      const unsaved = sheet.unsaved().length;
      const answered = questions.filter(sheet.isAnswered).length;
      const saved = byId("saved");
      saved.className = `sit-saved ${unsaved ? "warn" : "good"}`;
      saved.textContent = unsaved ? `⚠ ${unsaved} not saved` : "✓ all saved";
      saved.hidden = !answered && !unsaved;
      const link = document.createElement("a");
      link.href = "#overview";
      link.textContent = `${answered} of ${questions.length} answered`;
      byId("progress").replaceChildren(...(questions.length > 1 ? [link] : []));
      const text = byId("overview-text");
      if (text) text.textContent = overviewText(questions.length - answered, unsaved);
    };

    const waiting = (state) => {
      byId("opening").hidden = !state.opens_at;
      byId("lobby-text").hidden = Boolean(state.opens_at) && !state.paused;
      byId("lobby-text").textContent = state.paused
        ? "The start is held up. Keep this page open."
        : "It begins when the lecturer starts it. Keep this page open.";
      show("waiting");
    };

    const paused = (state) => {
      if (byId("held") && state.left !== null) byId("held").textContent = quiz.span(state.left);
      if (root.dataset.phase !== "paused") announce("The quiz is paused. Your time stands still.");
      show("paused");
    };

    const moved = () => {
      const lost = outbox.pending().map((each) => each.question);
      byId("back-device").value ||= quiz.token();
      byId("moved-lost").hidden = !lost.length;
      byId("moved-lost").textContent = `Not saved, because it came after that: question ${lost.join(", ")}. Answer again on the other device.`;
      show("moved");
      announce("Your number answers on another device now.");
    };

    // Where each question stands at the end, in place of the questions, which are not shown any more.
    const places = () => {
      const questions = sheet.questions();
      const pending = new Set(outbox.pending().map((each) => each.question));
      const saved = questions.filter((each) => sheet.isAnswered(each) && !pending.has(each));
      byId("closed-text").textContent = `${saved.length} of ${questions.length} questions are answered and saved. There is nothing more to do.`;
      byId("closed-places").hidden = false;
      byId("closed-places").replaceChildren(...questions.map((question) => {
        const item = document.createElement("li");
        const box = document.createElement("span");
        box.className = `sit-place ${saved.includes(question) ? "answered" : ""}`;
        box.append(...document.querySelector(`[data-place="${question}"]`).childNodes);
        item.append(box);
        return item;
      }));
    };

    const closed = () => {
      if (root.dataset.phase !== "closed") {
        if (sheet.questions().length > 1) places();
        sheet.clear();
        show("closed");
      }
      const late = outbox.pending().map((each) => each.question);
      byId("lost").hidden = !late.length;
      byId("lost").replaceChildren(...late.map((question) => {
        const line = document.createElement("li");
        line.textContent = `The last change of question ${question} has not reached the server in time. What was saved before counts.`;
        return line;
      }));
    };

    const over = (parts) => { ({ sheet, outbox } = parts); };
    return { announce, show, connection, progress, waiting, paused, moved, closed, over };
  };
})();
