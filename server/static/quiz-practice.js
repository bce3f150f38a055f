// Practising without leaving the place: a try is looked at, and fresh numbers are dealt, where the question stands.
(() => {
  const announcement = document.getElementById("announcement");
  if (!announcement) return;
  const isList = document.querySelectorAll(".sit-practice").length > 1;

  const putIn = (html, number, says) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const question = fresh.content.querySelector(`#practice-${number}`);
    if (!question) return location.reload();
    if (isList) question.querySelector(".sit-next")?.remove();
    document.getElementById(`practice-${number}`).replaceWith(question);
    question.focus({ preventScroll: true });
    announcement.textContent = question.querySelector("[role=alert]")?.textContent || question.querySelector(".sit-verdict")?.innerText || says;
    const top = question.getBoundingClientRect().top;
    if (top < 0 || top > window.innerHeight * 0.7) question.scrollIntoView({ block: "start" });
    return undefined;
  };

  const ask = async (address, number, options, says) => {
    try {
      const response = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store", ...options });
      putIn(await response.text(), number, says);
    } catch {
      announcement.textContent = "The server does not answer. Try again in a moment.";
      announcement.className = "notice warn";
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-practice]");
    if (!form) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    ask(form.action, form.dataset.practice, { method: "POST", body: fields }, "");
  });
  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-again]");
    if (!again || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask(again.href, again.dataset.again, {}, "Fresh numbers.");
  });
})();
