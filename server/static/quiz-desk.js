// The lecturer's quiz pages. Each of them works without this as well.
(() => {
  // A form that is on its way is not sent again by an impatient second click.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // Enter in a field of a form with several buttons presses the one that belongs to it.
  document.addEventListener("keydown", (event) => {
    const name = event.key === "Enter" && event.target.dataset?.submits;
    if (!name) return;
    event.preventDefault();
    document.getElementById(name).click();
  });

  // Choosing questions: filters at once, says how many are ticked, unfolds a question when it is wanted.
  const filter = document.getElementById("choose-filter");
  filter?.querySelectorAll("select").forEach((select) => select.addEventListener("change", () => filter.requestSubmit()));
  const choose = document.getElementById("choose");
  const count = document.getElementById("chosen-count");
  const tell = () => {
    const chosen = choose.querySelectorAll("input[name=origin]:checked:not(:disabled)").length;
    count.textContent = chosen ? `${chosen} chosen` : "None chosen yet";
  };
  if (choose) {
    choose.addEventListener("change", tell);
    window.addEventListener("pageshow", tell);
    tell();
  }
  document.querySelectorAll("details[data-load]").forEach((details) => {
    details.addEventListener("toggle", async () => {
      const address = details.dataset.load;
      if (!details.open || !address) return;
      delete details.dataset.load;
      const response = await fetch(address).catch(() => null);
      if (response?.ok && !response.redirected) details.querySelector(".peek-body").innerHTML = await response.text();
      else details.dataset.load = address;
    });
  });

  // Scheduling: only the fields of the chosen mode, and times in the reader's zone.
  const schedule = document.getElementById("schedule");
  const showMode = () => {
    const mode = schedule.querySelector("input[name=mode]:checked")?.value;
    schedule.querySelectorAll("[data-modes]").forEach((each) => { each.hidden = !each.dataset.modes.split(" ").includes(mode); });
  };
  const intoZone = (date, time) => {
    if (!date.value || !time.value) return;
    const moment = new Date(`${date.value}T${time.value}Z`);
    const two = (number) => String(number).padStart(2, "0");
    date.value = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
    time.value = `${two(moment.getHours())}:${two(moment.getMinutes())}`;
  };
  if (schedule) {
    const { zone } = schedule.elements;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (schedule.dataset.times === "utc" && [...zone.options].some((option) => option.value === own)) {
      zone.value = own;
      intoZone(schedule.elements.date, schedule.elements.time);
      intoZone(schedule.elements.close_date, schedule.elements.close_time);
    }
    schedule.addEventListener("change", showMode);
    showMode();
  }

  // Running: the table of students narrowed down, and a number put into the form for more time.
  const people = document.getElementById("people-filter");
  const narrow = () => {
    const wanted = people.value.trim().toLowerCase();
    document.querySelectorAll("tr[data-number]").forEach((row) => { row.hidden = !row.dataset.number.includes(wanted); });
  };
  if (people) {
    people.parentElement.hidden = false;
    people.addEventListener("input", narrow);
    document.addEventListener("stride:changed", narrow);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-extend]");
    if (!link) return;
    event.preventDefault();
    const number = document.getElementById("extend-number");
    number.value = link.dataset.extend;
    document.getElementById("extend").scrollIntoView({ block: "nearest" });
    document.getElementById("extend-minutes").focus();
  });
})();
