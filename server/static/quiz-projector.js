// The projector page: full screen, light or dark, and buttons that work without leaving the page.
(() => {
  const page = document.getElementById("live-page");
  const trouble = document.getElementById("connection");
  const fullscreen = document.getElementById("fullscreen");
  const theme = document.getElementById("theme");

  if (document.fullscreenEnabled) {
    fullscreen.hidden = false;
    fullscreen.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
  }
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  });

  // A long question is set smaller, so that all of it is on the screen.
  const stage = page.querySelector("[data-part=stage]");
  const fit = () => {
    let scale = 1;
    stage.style.setProperty("--fit", scale);
    for (let turn = 0; turn < 8 && scale > 0.4 && stage.scrollHeight > stage.clientHeight + 1; turn += 1) {
      scale *= Math.max(0.85, Math.min(0.97, stage.clientHeight / stage.scrollHeight));
      stage.style.setProperty("--fit", scale);
    }
  };
  stage.addEventListener("stride:changed", fit);
  page.querySelector("[data-part=counts]").addEventListener("stride:changed", fit);
  window.addEventListener("resize", fit);
  document.fonts.ready.then(fit);

  const tell = (text) => {
    trouble.hidden = !text;
    trouble.querySelector("span").textContent = text;
  };

  // Sending a form the usual way would leave full screen.
  page.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-act]");
    if (!form) return;
    event.preventDefault();
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    try {
      const response = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
      const { message, error } = await response.json();
      tell(message || error || "");
    } catch {
      tell("The server does not answer. Try again.");
    }
    page.dispatchEvent(new Event("stride:follow"));
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = false; }), 1000);
  });
})();
