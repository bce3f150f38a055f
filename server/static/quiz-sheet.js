// The questions on the page: what is picked, how each answer stands, and the overview.
(() => {
  const quiz = window.strideQuiz;
  const TYPING = 700;
  const UNSAVED = ["saving", "waiting", "late", "refused"];
  const SIGNS = { saving: "…", saved: "✓", waiting: "⚠", late: "✗", refused: "✗", older: "✓" };
  const TONES = { saving: "quiet", saved: "good", waiting: "warn", late: "bad", refused: "bad", older: "good" };
  const WORDS = {
    saving: () => "saving",
    saved: ({ at }) => `saved ${quiz.at(at)}`,
    waiting: () => "not saved yet: no connection, trying again",
    late: () => "not saved: it came too late",
    refused: ({ error }) => `not saved: ${error || "it does not fit the question"}`,
    older: ({ at }) => `a newer answer is saved, ${quiz.at(at)}`,
  };

  const part = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  // `changed(question, answer)` is called for each change; typing counts as one when it rests.
  quiz.sheet = (root, changed) => {
    const states = new Map();
    const typing = new Map();
    const section = (question) => root.querySelector(`[data-question="${question}"]`);
    const questions = () => [...root.querySelectorAll("[data-question]")].map((each) => Number(each.dataset.question));
    const inputs = (question) => [...section(question).querySelectorAll(`input[name="q${question}"]`)];
    const field = (question) => section(question).querySelector(".sit-number");

    const answerOf = (question) => ({
      picked: inputs(question).filter((each) => each.checked).map((each) => Number(each.value)),
      text: field(question)?.value.trim() || "",
    });

    const isAnswered = (question) => {
      const { picked, text } = answerOf(question);
      return picked.length > 0 || text !== "";
    };

    const showPlace = (question) => {
      const place = root.querySelector(`[data-place="${question}"]`);
      if (!place) return;
      const pending = UNSAVED.includes(states.get(question));
      place.classList.toggle("answered", isAnswered(question) && !pending);
      place.classList.toggle("pending", pending);
      const word = pending ? "not saved" : "saved";
      place.querySelector(".sit-place-state").textContent = isAnswered(question) || pending ? word : "open";
    };

    const showClear = (question) => {
      const clear = section(question).querySelector("[data-clear]");
      if (clear) clear.hidden = section(question).dataset.kind === "multiple" || !isAnswered(question);
    };

    const mark = (question, state, detail = {}) => {
      states.set(question, state);
      const place = document.getElementById(`mark-${question}`);
      if (!place) return;
      place.className = `sit-mark ${TONES[state]}`;
      place.replaceChildren(part("span", SIGNS[state], { "aria-hidden": "true" }), part("span", WORDS[state](detail)));
      const note = document.getElementById(`note-${question}`);
      if (note && state !== "saving") {
        note.hidden = !detail.note;
        note.querySelector("span").textContent = detail.note || "";
      }
      showPlace(question);
    };

    const tell = (question) => {
      clearTimeout(typing.get(question));
      typing.delete(question);
      showClear(question);
      changed(question, answerOf(question));
    };

    const numberOf = (element) => Number(element.closest("[data-question]")?.dataset.question || 0);

    root.addEventListener("change", (event) => {
      const question = numberOf(event.target);
      if (question && (!event.target.matches(".sit-number") || typing.has(question))) tell(question);
    });
    root.addEventListener("input", (event) => {
      const question = numberOf(event.target);
      if (!question || !event.target.matches(".sit-number")) return;
      mark(question, "saving");
      clearTimeout(typing.get(question));
      typing.set(question, setTimeout(() => tell(question), TYPING));
    });
    root.addEventListener("click", (event) => {
      const clear = event.target.closest("[data-clear]");
      if (!clear) return;
      const question = numberOf(clear);
      inputs(question).forEach((each) => { each.checked = false; });
      inputs(question)[0].focus();
      tell(question);
    });
    // Enter in a number's field saves it; the form itself is only for browsers without scripts.
    root.closest("form").addEventListener("submit", (event) => {
      event.preventDefault();
      [...typing.keys()].forEach(tell);
    });

    // Whether something was picked or typed since the server wrote the question.
    const isTouched = (question) => {
      const typed = field(question);
      const picked = inputs(question).some((each) => each.checked !== each.defaultChecked);
      return picked || Boolean(typed && typed.value !== typed.defaultValue);
    };

    return {
      mark,
      questions,
      isAnswered,
      // What was typed and not told yet.
      flush: () => [...typing.keys()].forEach(tell),
      put: (html) => { root.innerHTML = html; typing.clear(); states.clear(); },
      clear: () => { root.replaceChildren(); typing.clear(); },
      lock: (locked) => root.querySelectorAll("input:not([type=hidden])").forEach((each) => { each.disabled = locked; }),
      // What somebody was quicker to answer than this script to start.
      catchUp: () => questions().filter(isTouched).forEach(tell),
      // Show the marks of what is stored, and over it what is still on its way.
      dress: (pending) => {
        for (const question of questions()) {
          const stored = document.getElementById(`mark-${question}`).dataset.at;
          if (stored) mark(question, "saved", { at: Number(stored) });
          showClear(question);
          showPlace(question);
        }
        for (const { question, picked, text } of pending.filter((each) => section(each.question))) {
          inputs(question).forEach((each) => { each.checked = picked.includes(Number(each.value)); });
          if (field(question)) field(question).value = text;
          mark(question, "waiting");
        }
      },
      unsaved: () => [...states].filter(([, state]) => UNSAVED.includes(state)).map(([question]) => question),
    };
  };
})();
