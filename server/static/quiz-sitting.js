// A student's page: the lobby, the questions when the time has come, the close; by the server's clock alone.
(() => {
  const quiz = window.strideQuiz;
  const root = document.getElementById("quiz");
  const byId = (id) => document.getElementById(id);
  const { here, device, who, code } = root.dataset;
  const TICK = 200;
  const SPREAD_PACED = 300;
  const LAST_CALL = 1500;
  const SOON = 60000;
  const SOON_PACED = 10000;
  const TOLD = [[300000, "5 minutes left."], [60000, "1 minute left."], [10000, "10 seconds left."]];
  const LOST = "The server does not answer. What you answer is kept in this browser and sent as soon as it does; do not close this page.";
  const NO_PAPER = "The questions do not come through. This page keeps trying; do not close it.";
  const STRANGER = "This device is not known any more. Reload the page and join again; what you answered is kept.";
  const headers = { Accept: "application/json", "X-Quiz-Device": device };

  let state = JSON.parse(root.dataset.state);
  const wasReleased = state.released;
  const isPaced = state.mode === "paced";
  let shown = byId("questions").querySelector("[data-question]") ? onShowKey(state) : null;
  let hasEnded = false;
  let isLocked = false;
  let asking = null;
  let failures = 0;
  let pollTimer = 0;
  let rest = 0;

  // Which questions a state shows: in a paced session one, before or after its reveal.
  function onShowKey({ on_show: show }) {
    return show ? `${show.question}.${show.stage}.${show.shows_key}` : "all";
  }

  const closesAt = () => (isPaced && state.on_show?.closes_at) || state.closes_at;
  const panels = quiz.panels(root);
  const { announce, connection } = panels;
  const stranger = () => connection(STRANGER);

  const moved = () => {
    sheet.lock(true);
    outbox.stop();
    panels.moved();
  };

  const mark = (question, how, detail) => {
    sheet.mark(question, how, detail);
    if (how === "older") fetchPaper(0);
    if (how === "saved") announce(`Question ${question} is saved.`);
    panels.progress();
  };

  const sheet = quiz.sheet(byId("questions"), (question, answer) => {
    outbox.put(question, answer);
    panels.progress();
  });
  const outbox = quiz.outbox({
    key: `stride.quiz.${code}.${who}`,
    address: `${here}/answers`,
    device,
    highest: Number(root.dataset.highest),
    closesAt,
    mark,
    moved,
    stranger,
  });
  panels.over({ sheet, outbox });

  // The questions, once they are open; `spread` keeps a whole class from asking in the same instant.
  const fetchPaper = async (spread, tries = 0) => {
    const key = onShowKey(state);
    if (asking === key && !tries) return;
    asking = key;
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * spread); });
    if (asking !== key) return;
    try {
      const { status, body } = await quiz.ask(`${here}/paper`, { headers }, 15000);
      if (status >= 500) throw new Error(String(status));
      asking = null;
      if (status === 200) putIn(body, key);
      else if (status === 401) stranger();
      else pollSoon(150);
    } catch {
      connection(NO_PAPER);
      fetchPaper(Math.min(4000, 400 * 2 ** tries), tries + 1);
    }
  };

  const putIn = (body, key) => {
    if (state.phase !== "open" || state.moved) return;
    const isFirst = shown === null;
    shown = key;
    connection("");
    sheet.put(body.html);
    outbox.learn(body.highest);
    sheet.dress(outbox.pending());
    countDown(quiz.now());
    panels.show("open");
    lockAsNeeded();
    panels.progress();
    if (isPaced && state.on_show) announce(state.on_show.shows_key ? "The right answer is shown." : `Question ${state.on_show.question} is open.`);
    else if (isFirst) announce(`The quiz has begun: ${sheet.questions().length} questions.`);
  };

  // Of a paced session: answers to the question on show are not taken any more.
  const isShut = () => {
    const { stage, closes_at: close } = state.on_show || {};
    return Boolean(stage) && (stage !== "open" || (close !== null && close <= quiz.now()));
  };

  function lockAsNeeded() {
    isLocked = hasEnded || isShut();
    sheet.lock(isLocked);
  }

  const open = () => {
    countDown(quiz.now());
    panels.show(shown === null ? "coming" : "open");
    if (shown !== onShowKey(state)) {
      sheet.flush();
      fetchPaper(isPaced ? SPREAD_PACED : state.spread || 0);
    }
    lockAsNeeded();
    panels.progress();
  };

  // The opening, without a click and without asking first.
  const begin = () => {
    state = { ...state, phase: "open" };
    announce("The quiz begins.");
    open();
  };

  // What was typed last goes out, and nothing can be changed any more; the server has the last word.
  const shut = (text) => {
    sheet.flush();
    outbox.sendAll();
    lockAsNeeded();
    announce(text);
  };

  const endOfTime = () => {
    if (hasEnded) return;
    hasEnded = true;
    shut("The time is over.");
    pollSoon(LAST_CALL * (0.4 + Math.random()));
  };

  const closed = () => {
    endOfTime();
    panels.closed();
    if (state.released && !wasReleased) location.reload();
  };

  const reopened = (before) => {
    if (before.closes_at && state.closes_at > before.closes_at + 900) {
      announce(`There is more time: ${quiz.span(state.closes_at - quiz.now())} left.`);
    }
    const isAgain = hasEnded || before.phase !== "open";
    if (state.closes_at === null || state.closes_at > quiz.now()) hasEnded = false;
    open();
    if (isAgain && !hasEnded) outbox.tryAgain();
  };

  const apply = (fresh) => {
    const before = state;
    state = fresh;
    if (state.moved) return moved();
    if (state.phase === "open") return reopened(before);
    if (state.phase === "closed") return closed();
    sheet.flush();
    return panels[state.phase](state);
  };

  const warn = (left) => {
    const due = TOLD.find(([bound]) => rest > bound && left <= bound);
    if (due && left > 0) announce(due[1]);
    rest = left;
  };

  const countDown = (now) => {
    const close = closesAt();
    byId("clock-box").hidden = !close;
    if (!close) return;
    const left = close - now;
    byId("clock").textContent = quiz.span(left);
    byId("clock-box").classList.toggle("soon", left < (isPaced ? SOON_PACED : SOON));
    warn(left);
    if (state.closes_at && now >= state.closes_at) endOfTime();
    else if (left <= 0 && !isLocked) shut("This question is closed.");
  };

  const tick = () => {
    const now = quiz.now();
    if (state.moved) return;
    if (state.phase === "open") countDown(now);
    if (state.phase !== "waiting" || !state.opens_at || state.paused) return;
    byId("opening").textContent = quiz.span(state.opens_at - now);
    if (now >= state.opens_at) begin();
  };

  const poll = async () => {
    clearTimeout(pollTimer);
    try {
      const { status, body } = await quiz.ask(`${here}/state?seen=${state.version || ""}`, { headers });
      if (status === 401) return stranger();
      if (status !== 200) throw new Error(String(status));
      if (failures) outbox.sendAll();
      failures = 0;
      if (asking === null) connection("");
      if (body.phase) apply(body);
      else if (state.phase === "open" || state.phase === "closed") apply(state);
    } catch {
      failures += 1;
      if (failures > 1) connection(LOST);
    }
    const calm = state.phase === "closed" ? 2.5 : 1;
    const wait = failures ? Math.min(8000, 1000 * 2 ** failures) : state.poll * calm;
    pollTimer = setTimeout(poll, wait * (0.8 + 0.4 * Math.random()));
    return undefined;
  };

  function pollSoon(pause) {
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, pause);
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) sheet.flush();
    else pollSoon(0);
    outbox.sendAll(document.hidden);
  });
  window.addEventListener("online", () => { pollSoon(0); outbox.sendAll(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("beforeunload", (event) => {
    sheet.flush();
    if (root.dataset.phase === "open" && outbox.pending().length) event.preventDefault();
  });

  // A first idea of the server's clock from how long this page took to come; each answer of the server sharpens it.
  const [page] = performance.getEntriesByType("navigation");
  if (page) quiz.learn(page.requestStart, page.responseStart, Number(root.dataset.now));
  document.documentElement.classList.add("has-script");
  sheet.catchUp();
  sheet.dress(outbox.pending());
  outbox.sendAll();
  if (state.phase === "open" && !state.moved) open();
  tick();
  setInterval(tick, TICK);
  pollSoon(300 + 500 * Math.random());
})();
