// A playground answers at once: every change asks for the result alone and puts it in; the address follows, to be shared.
(() => {
  const form = document.getElementById("playground");
  const result = document.getElementById("result");
  const announcement = document.getElementById("play-announcement");
  const file = document.getElementById("file");
  const PAUSE = 120;
  let timer = 0;
  let asking = null;
  // The visitor's picture as the server scaled it: smaller than the file, and kept by this page alone.
  let own = result.querySelector("[name=kept]")?.value || "";
  document.documentElement.classList.add("has-script");

  const control = (name) => form.elements.namedItem(name);

  const showErrors = () => {
    const said = new Map([...result.querySelectorAll("[data-error-of]")].map((each) => [each.dataset.errorOf, each.textContent]));
    for (const place of form.querySelectorAll("[data-error]")) {
      const text = said.get(place.dataset.error);
      place.hidden = !text;
      place.querySelector("span").textContent = text || "";
      const field = document.getElementById(place.dataset.error);
      field.classList.toggle("is-invalid", Boolean(text));
      field.setAttribute("aria-invalid", text ? "true" : "false");
    }
  };

  const putIn = (html) => {
    const focused = document.activeElement?.id;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const isRefused = !fresh.content.querySelector("#pick");
    if (isRefused) {
      // The last result stays in sight, greyed, so that nothing jumps while one types.
      for (const name of ["#result-state", ".notice"]) result.querySelector(name)?.remove();
      result.prepend(...[...fresh.content.children].filter((each) => each.id === "result-state" || each.matches(".notice")));
    } else {
      result.replaceChildren(fresh.content);
    }
    result.classList.toggle("stale", isRefused);
    if (focused === "pick") document.getElementById("pick")?.focus({ preventScroll: true });
    showErrors();
    announcement.textContent = document.getElementById("result-state").dataset.announce;
  };

  const trouble = (text) => {
    result.querySelector(".notice")?.remove();
    const notice = document.createElement("p");
    notice.className = "notice warn";
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    result.prepend(notice);
    result.classList.add("stale");
  };

  const fields = () => {
    const data = new FormData(form);
    data.delete("file");
    if (control("kernel") && control("kernel").value !== "own") data.delete("numbers");
    return data;
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const data = fields();
    const isOwn = data.get("image") === "own";
    data.delete("kept");
    const query = new URLSearchParams([...data].filter(([, value]) => value !== ""));
    const options = { signal: asking.signal };
    let address = `${form.dataset.result}?${query}`;
    if (isOwn && (own || file.files.length)) {
      if (own) data.set("kept", own);
      else data.set("file", file.files[0]);
      Object.assign(options, { method: "POST", body: data });
      address = form.dataset.result;
    }
    try {
      const response = await fetch(address, options);
      if (response.status === 429) return trouble("Too many people play at once. Wait a moment, then change something.");
      if (!response.ok) return trouble("The server could not answer. Change something to try again.");
      putIn(await response.text());
      history.replaceState(null, "", `${form.getAttribute("action")}?${query}`);
      own = result.querySelector("[name=kept]")?.value || own;
    } catch (error) {
      if (error.name !== "AbortError") trouble("The server does not answer. Change something to try again.");
    }
    return undefined;
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };

  const choose = (row, column) => {
    const pick = document.getElementById("pick");
    control("row").value = Math.min(Math.max(row, 0), pick.dataset.rows - 1);
    control("column").value = Math.min(Math.max(column, 0), pick.dataset.columns - 1);
    soon();
  };

  const at = () => {
    const pick = document.getElementById("pick");
    const typed = (name) => (control(name).value === "" ? Number(pick.dataset[name]) : Number(control(name).value));
    return [Math.min(typed("row"), pick.dataset.rows - 1), Math.min(typed("column"), pick.dataset.columns - 1)];
  };

  form.addEventListener("input", (event) => {
    if (event.target === file) return;
    if (event.target.id === "numbers") control("kernel").value = "own";
    if (event.target.id === "kernel") {
      const numbers = event.target.selectedOptions[0].dataset.numbers;
      if (numbers) control("numbers").value = numbers;
    }
    soon();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  file.addEventListener("change", () => {
    if (!file.files.length) return;
    own = "";
    control("image").value = "own";
    if (file.files[0].size > Number(file.dataset.most)) {
      trouble("This file has more than 2 MiB. Choose a smaller picture.");
      file.value = "";
      return;
    }
    ask();
  });
  result.addEventListener("click", (event) => {
    const picture = event.target.closest("#pick")?.querySelector("svg");
    if (!picture) return;
    const box = picture.getBoundingClientRect();
    const { rows, columns } = document.getElementById("pick").dataset;
    choose(
      Math.floor(((event.clientY - box.top) / box.height) * rows),
      Math.floor(((event.clientX - box.left) / box.width) * columns),
    );
  });
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  result.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || !event.target.closest("#pick")) return;
    event.preventDefault();
    const [row, column] = at();
    choose(row + step[0], column + step[1]);
  });
})();
