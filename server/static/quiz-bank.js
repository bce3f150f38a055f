// The list narrows down as soon as something is chosen; the form shows what the text makes while one types.
(() => {
  const filter = document.getElementById("question-filter");
  filter?.querySelectorAll("select").forEach((select) => select.addEventListener("change", () => filter.requestSubmit()));

  const form = document.getElementById("question-form");
  if (!form) return;
  const PAUSE = 350;
  const text = document.getElementById("question-text");
  const preview = document.getElementById("preview");
  const again = document.getElementById("draw-again");
  const announcement = document.getElementById("preview-announcement");
  const begun = text.value;
  let seed = 0;
  let timer = 0;
  let asking = null;
  let isSending = false;
  document.documentElement.classList.add("has-script");

  const offerDraws = (drawn) => {
    if (drawn) again.hidden = drawn.dataset.varies !== "true";
  };
  offerDraws(document.getElementById("preview-drawn"));

  // While the text is wrong the last question stays in sight, greyed, so that nothing jumps.
  const putIn = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const problem = fresh.content.getElementById("preview-problem");
    const drawn = fresh.content.getElementById("preview-drawn");
    const last = document.getElementById("preview-drawn");
    announcement.textContent = (problem || drawn)?.dataset.announce || "";
    document.getElementById("preview-problem")?.remove();
    if (problem) preview.prepend(problem);
    if (drawn && last) last.replaceWith(drawn);
    else if (drawn) preview.append(drawn);
    else last?.classList.add("stale");
    offerDraws(drawn);
  };

  const trouble = (words) => {
    announcement.textContent = words;
    document.getElementById("preview-drawn")?.classList.add("stale");
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const data = new FormData(form);
    data.set("seed", seed);
    try {
      const response = await fetch(form.dataset.preview, { method: "POST", body: data, signal: asking.signal });
      if (response.ok && !response.redirected) putIn(await response.text());
      else trouble("The preview is not up to date: the server could not answer.");
    } catch (error) {
      if (error.name !== "AbortError") trouble("The preview is not up to date: the server does not answer.");
    }
  };

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  again.addEventListener("click", () => {
    seed += 1;
    ask();
  });
  form.addEventListener("submit", () => { isSending = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && text.value !== begun) event.preventDefault();
  });
})();
