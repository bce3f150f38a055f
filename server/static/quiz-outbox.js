// Answers on their way: each is kept in this browser until the server has it, and sent until then.
(() => {
  const quiz = window.strideQuiz;
  const FIRST = 600;
  const LONGEST = 12000;
  const HURRIED = 1500;
  const LAST_SECONDS = 30000;

  // `mark(question, state, detail)` shows how an answer stands: saving, saved, waiting, late, refused, older.
  // `moved()` is called once when the number answers on another device, `stranger()` when the server knows it no more.
  quiz.outbox = ({ key, address, device, highest, closesAt, mark, moved, stranger }) => {
    const waiting = new Map();
    let counter = highest;
    let stopped = false;

    // One entry a question, so that two tabs of a browser do not write over each other's.
    const remember = (question) => {
      try {
        const entry = waiting.get(question);
        if (entry) localStorage.setItem(`${key}.${question}`, JSON.stringify(entry.answer));
        else localStorage.removeItem(`${key}.${question}`);
      } catch {
        // Without storage a reload loses what is not sent yet; the page says that it is not saved.
      }
    };

    const recall = () => {
      try {
        const ours = Object.keys(localStorage).filter((name) => name.startsWith(`${key}.`));
        return ours.map((name) => JSON.parse(localStorage.getItem(name)));
      } catch {
        return [];
      }
    };

    const pause = (tries) => {
      const left = closesAt() === null ? Infinity : closesAt() - quiz.now();
      const longest = left < LAST_SECONDS ? HURRIED : LONGEST;
      return Math.min(longest, FIRST * 2 ** Math.min(tries, 10)) * (0.7 + 0.6 * Math.random());
    };

    const later = (entry, state) => {
      entry.tries += 1;
      mark(entry.answer.question, state);
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => send(entry), pause(entry.tries));
    };

    const done = (entry, state, detail) => {
      const { question } = entry.answer;
      if (waiting.get(question) !== entry) return;
      waiting.delete(question);
      remember(question);
      mark(question, state, detail);
    };

    // The server has a newer one. What was clicked just now wins all the same; what an earlier visit left does not.
    const overtaken = (entry, body) => {
      counter = Math.max(counter, body.sequence);
      if (entry.isOld) return done(entry, "older", body);
      put(entry.answer.question, entry.answer);
    };

    const answered = (entry, { status, body }) => {
      if (body.outcome === "saved") return done(entry, "saved", body);
      if (body.outcome === "superseded") return overtaken(entry, body);
      if (body.outcome === "other_device") {
        stopped = true;
        return moved();
      }
      if (status === 401) {
        stopped = true;
        return stranger();
      }
      if (body.outcome === "closed" || body.outcome === "not_on_show") {
        entry.isLate = true;
        return mark(entry.answer.question, "late");
      }
      if (status >= 400 && status < 500 && status !== 408 && status !== 429 && status !== 409) {
        return done(entry, "refused", body);
      }
      return later(entry, "waiting");
    };

    const send = async (entry, leaving = false) => {
      if (stopped || entry.isSending || waiting.get(entry.answer.question) !== entry) return;
      clearTimeout(entry.timer);
      entry.isSending = true;
      mark(entry.answer.question, entry.tries ? "waiting" : "saving");
      try {
        const body = JSON.stringify(entry.answer);
        const headers = { "Content-Type": "application/json", Accept: "application/json", "X-Quiz-Device": device };
        answered(entry, await quiz.ask(address, { method: "POST", headers, body, keepalive: leaving }));
      } catch {
        later(entry, "waiting");
      } finally {
        entry.isSending = false;
      }
    };

    const put = (question, { picked, text }) => {
      counter += 1;
      const old = waiting.get(question);
      if (old) clearTimeout(old.timer);
      const answer = { question, picked, text, sequence: counter, token: quiz.token() };
      const entry = { answer, tries: 0, timer: 0, isSending: false, isOld: false, isLate: false };
      waiting.set(question, entry);
      remember(question);
      send(entry);
    };

    // What an earlier visit could not send, unless this device has lost its place since.
    for (const answer of recall()) {
      counter = Math.max(counter, answer.sequence);
      waiting.set(answer.question, { answer, tries: 0, timer: 0, isSending: false, isOld: true, isLate: false });
    }

    const all = () => [...waiting.values()];
    return {
      put,
      sendAll: (leaving = false) => all().forEach((entry) => send(entry, leaving)),
      // After a pause or an extension, what came too late may count.
      tryAgain: () => all().filter((entry) => entry.isLate).forEach((entry) => { entry.isLate = false; send(entry); }),
      pending: () => all().map((entry) => entry.answer),
      learn: (sequence) => { counter = Math.max(counter, sequence); },
      stop: () => { stopped = true; },
    };
  };
})();
