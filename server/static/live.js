// A submission's page while it is graded and timed: asks for the state, slower and slower while nothing changes, and
// puts in what is new without moving what the reader looks at. It is done when its checks are, settled when nothing more
// is to come.
(() => {
  const live = document.getElementById("live");
  if (!live || live.dataset.settled === "true") return;
  const announcement = document.getElementById("announcement");
  const connection = document.getElementById("connection");
  const history = document.getElementById("history");
  const source = document.getElementById("source");
  const FIRST = 250;
  const LONGEST = 5000;
  const touched = new Set();
  let pause = FIRST;
  let timer = 0;
  let asking = false;
  let rest = 0;

  const keyed = (root) => new Map([...root.querySelectorAll("details[data-key]")].map((each) => [each.dataset.key, each]));
  let served = new Map([...keyed(live)].map(([key, element]) => [key, element.innerHTML]));

  // What the reader opened or closed stays as they left it.
  live.addEventListener("click", (event) => {
    const key = event.target.closest("summary")?.parentElement.dataset.key;
    if (key) touched.add(key);
  });

  const inView = (element) => {
    const box = element.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  };

  const inMiddle = (element) => {
    const box = element.getBoundingClientRect();
    return box.top <= window.innerHeight / 2 && box.bottom >= window.innerHeight / 2;
  };

  // What is being read: the check that has the focus, else, once the reader has scrolled, what covers the middle of the
  // window, else the first check that is in view.
  const reading = () => {
    const focused = document.activeElement?.closest("#live details[data-key]");
    if (focused) return focused.dataset.key;
    if (!window.scrollY) return null;
    const checks = [...keyed(live).values()];
    const middle = checks.find(inMiddle);
    if (!middle && source && inMiddle(source)) return "source";
    const check = middle || checks.find(inView);
    return check ? check.dataset.key : "source";
  };

  // Where its text stands on the screen: a hint may come in above the message, and must not push it away.
  const top = (key) => {
    const check = key === "source" ? source : keyed(live).get(key);
    const text = check?.open ? check.querySelector(".message") || check : check;
    return text ? text.getBoundingClientRect().top : null;
  };

  // The element that has this id now, with the property set that it had before.
  const again = (id, property) => {
    const element = id ? document.getElementById(id) : null;
    if (element && live.contains(element) && property) element[property] = true;
    return element;
  };

  const merge = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const old = keyed(live);
    const focusKey = document.activeElement?.closest("#live details[data-key]")?.dataset.key;
    const contents = new Map();
    keyed(fresh.content).forEach((element, key) => {
      const known = old.get(key);
      contents.set(key, element.innerHTML);
      if (known && touched.has(key)) element.open = known.open;
      if (known && served.get(key) === element.innerHTML) {
        known.open = element.open;
        element.replaceWith(known);
      }
    });
    served = contents;
    const focused = document.activeElement;
    const chosen = [...live.querySelectorAll("input:checked")].map((input) => input.id);
    const unfolded = [...live.querySelectorAll("details[id][open]")].map((each) => each.id);
    live.replaceChildren(fresh.content);
    chosen.forEach((id) => again(id, "checked"));
    unfolded.forEach((id) => again(id, "open"));
    if (focusKey) (again(focused.id) || keyed(live).get(focusKey)?.querySelector("summary"))?.focus({ preventScroll: true });
    live.dispatchEvent(new Event("stride:changed", { bubbles: true }));
  };

  // Browsers scroll by whole pixels; the rest is made good the next time, or it would add up.
  const keep = (moved) => {
    const from = window.scrollY;
    window.scrollBy({ top: moved + rest, behavior: "instant" });
    rest = moved + rest - (window.scrollY - from);
    if (Math.abs(rest) >= 1) rest = 0;
  };

  const update = (answer) => {
    const key = reading();
    const before = key && top(key);
    merge(answer.html);
    const after = key && top(key);
    if (typeof before === "number" && typeof after === "number") keep(after - before);
    if (!history.contains(document.activeElement)) {
      history.innerHTML = answer.history;
      history.dispatchEvent(new Event("stride:changed", { bubbles: true }));
    }
    if (announcement.textContent !== answer.announcement) announcement.textContent = answer.announcement;
    document.title = `${answer.title} · ${live.dataset.title} · Stride`;
    live.dataset.version = answer.version;
  };

  const tell = (text) => {
    connection.hidden = !text;
    connection.querySelector("span").textContent = text;
  };

  const answered = async (response) => {
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    tell("");
    // Who waits long behind others is told so rarely that a whole class can wait.
    pause = answer.later || (answer.html ? FIRST : Math.min(LONGEST, pause * 1.3));
    if (answer.html) update(answer);
    live.dataset.done = String(answer.done);
    live.dataset.settled = String(answer.settled);
  };

  const ask = async () => {
    if (asking) return;
    asking = true;
    clearTimeout(timer);
    try {
      const address = `${live.dataset.state}?seen=${encodeURIComponent(live.dataset.version)}`;
      const limit = AbortSignal.timeout(15000);
      const response = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store", signal: limit });
      if (response.status === 401) return tell("You are signed out. Sign in again in another tab, then reload this page.");
      if (response.status === 404) return tell("This submission can no longer be seen.");
      await answered(response);
    } catch {
      pause = Math.min(LONGEST, pause * 2);
      tell("The server does not answer. Your submission is safe; this page keeps trying.");
    } finally {
      asking = false;
    }
    if (live.dataset.settled !== "true") timer = setTimeout(ask, document.hidden ? Math.max(LONGEST, pause) : pause);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || live.dataset.settled === "true") return;
    pause = FIRST;
    ask();
  });
  timer = setTimeout(ask, pause);
})();
