// A board while something is to be timed: asks for the parts that changed, slower and slower while nothing does, and puts
// them in without moving the row that one reads.
(() => {
  const board = document.getElementById("board");
  const announcement = document.getElementById("announcement");
  const connection = document.getElementById("connection");
  const FIRST = 2000;
  const LONGEST = 15000;
  let pause = FIRST;
  let timer = 0;
  let asking = false;

  const inView = (row) => row.getBoundingClientRect().bottom > 0;
  const named = (key) => [...board.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);

  // The row at the top of the window, once the reader has scrolled: that one stays where it is.
  const reading = () => (window.scrollY ? [...board.querySelectorAll("[data-key]")].find(inView)?.dataset.key : undefined);

  const put = (name, fresh) => {
    const part = board.querySelector(`[data-part="${name}"]`);
    const opened = [...part.querySelectorAll("details[open]")].map((each) => each.dataset.key);
    const focus = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    part.innerHTML = fresh.html;
    part.dataset.tag = fresh.tag;
    opened.map(named).forEach((details) => { if (details) details.open = true; });
    if (focus) part.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    part.dispatchEvent(new Event("stride:changed", { bubbles: true }));
  };

  const update = (parts) => {
    const key = reading();
    const before = key && named(key).getBoundingClientRect().top;
    Object.entries(parts).forEach(([name, fresh]) => put(name, fresh));
    const row = key && named(key);
    if (row) window.scrollBy({ top: row.getBoundingClientRect().top - before, behavior: "instant" });
    const spoken = [...board.querySelectorAll("[data-spoken]")].map((each) => each.dataset.spoken).join(" ");
    if (announcement.textContent !== spoken) announcement.textContent = spoken;
  };

  const tell = (text) => {
    connection.hidden = !text;
    connection.querySelector("span").textContent = text;
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    let settled = false;
    try {
      const address = new URL(board.dataset.state, window.location);
      board.querySelectorAll("[data-part]").forEach((each) => address.searchParams.set(each.dataset.part, each.dataset.tag));
      const limit = AbortSignal.timeout(15000);
      const response = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", signal: limit });
      if (response.status === 401) return tell("You are signed out. Sign in again in another tab, then reload this page.");
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      tell("");
      const changed = Object.keys(answer.parts).length > 0;
      pause = Math.max(answer.later, changed ? FIRST : Math.min(LONGEST, pause * 1.3));
      if (changed) update(answer.parts);
      settled = answer.settled;
    } catch {
      pause = Math.min(LONGEST, pause * 2);
      tell("The server does not answer. Nothing is lost; this page keeps trying.");
    } finally {
      asking = false;
    }
    if (!settled) timer = setTimeout(ask, document.hidden ? LONGEST : pause);
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && timer) ask();
  });
  timer = setTimeout(ask, pause);
})();
