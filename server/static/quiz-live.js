// A page that follows a session: asks every second or two for the parts that changed, and counts down by the server's
// clock. What somebody types, has opened or holds the focus on stays as it is.
(() => {
  const page = document.getElementById("live-page");
  if (!page || !window.strideQuiz) return;
  const { learn, now, ask, span, at } = window.strideQuiz;
  const connection = document.getElementById("connection");
  const EVERY = Number(page.dataset.every);
  const LONGEST = 8000;
  let pause = EVERY;
  let timer = 0;
  let asking = false;

  const [loaded] = performance.getEntriesByType("navigation");
  if (loaded) learn(loaded.requestStart, loaded.responseEnd, Number(page.dataset.now));

  const tell = (text) => {
    connection.hidden = !text;
    connection.querySelector("span").textContent = text;
  };

  const key = (element) => element?.id || element?.dataset?.key || "";

  // Inputs that were changed, and details that were opened or closed, by their name.
  const touched = (part) => ({
    typed: new Map([...part.querySelectorAll("input[id]:not([type=hidden])")].filter((each) => each.value !== each.defaultValue).map((each) => [each.id, each.value])),
    open: new Map([...part.querySelectorAll("details[data-key]")].map((each) => [each.dataset.key, each.open])),
    focus: part.contains(document.activeElement) ? key(document.activeElement) : "",
    scrolled: [...part.querySelectorAll("[tabindex='0']")].map((each) => each.scrollTop),
  });

  const restore = (part, before) => {
    before.typed.forEach((value, id) => { const input = part.querySelector(`#${CSS.escape(id)}`); if (input) input.value = value; });
    before.open.forEach((open, name) => { const details = part.querySelector(`details[data-key="${CSS.escape(name)}"]`); if (details) details.open = open; });
    part.querySelectorAll("[tabindex='0']").forEach((each, index) => { each.scrollTop = before.scrolled[index] || 0; });
    if (!before.focus) return;
    const name = CSS.escape(before.focus);
    part.querySelector(`#${name}, [data-key="${name}"]`)?.focus({ preventScroll: true });
  };

  const put = (name, fresh) => {
    const part = page.querySelector(`[data-part="${name}"]`);
    if (!part) return;
    const before = touched(part);
    part.innerHTML = fresh.html;
    part.dataset.tag = fresh.tag;
    restore(part, before);
    part.dispatchEvent(new Event("stride:changed", { bubbles: true }));
  };

  const clocks = (root) => root.querySelectorAll("time[data-clock]").forEach((each) => { each.textContent = at(each.dateTime); });

  const tick = () => {
    page.querySelectorAll("[data-until]").forEach((each) => {
      const left = Number(each.dataset.until) - now();
      const text = span(left);
      if (each.textContent !== text) each.textContent = text;
      if (each.dataset.soon) each.parentElement.classList.toggle("soon", left <= Number(each.dataset.soon) * 1000);
      if (left > 0 || each.dataset.told) return;
      each.dataset.told = "yes";
      follow();
    });
  };

  const follow = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    const seen = new URLSearchParams([...page.querySelectorAll("[data-part]")].map((each) => [each.dataset.part, each.dataset.tag]));
    try {
      const { status, body } = await ask(`${page.dataset.live}?${seen}`, { headers: { Accept: "application/json" } });
      if (status === 401) return tell("You are signed out. Sign in again in another tab, then reload this page.");
      if (status !== 200) throw new Error(String(status));
      Object.entries(body.parts).forEach(([name, fresh]) => put(name, fresh));
      pause = EVERY + (body.later || 0);
      tell("");
    } catch {
      pause = Math.min(LONGEST, pause * 2);
      tell("The server does not answer. Answers that were saved are safe; this page keeps trying.");
    } finally {
      asking = false;
    }
    timer = setTimeout(follow, pause);
  };

  page.addEventListener("stride:changed", (event) => { clocks(event.target); tick(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) follow(); });
  page.addEventListener("stride:follow", follow);
  clocks(page);
  tick();
  setInterval(tick, 200);
  timer = setTimeout(follow, pause);
})();
