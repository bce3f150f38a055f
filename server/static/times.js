// Every <time> in the reader's zone, relative with the absolute beside it, and kept up to date.
(() => {
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const near = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const clock = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
  });

  const relative = (moment) => {
    const seconds = (moment - Date.now()) / 1000;
    if (Math.abs(seconds) < 10) return "just now";
    const [unit, length] = units.find(([, size]) => Math.round(Math.abs(seconds) / size) >= 1);
    return near.format(Math.round(seconds / length), unit);
  };

  const show = (element) => {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) return;
    const absolute = clock.format(moment);
    const texts = { relative: relative(moment), absolute, both: `${relative(moment)} · ${absolute}` };
    const text = texts[element.dataset.form] || texts.both;
    if (element.textContent !== text) element.textContent = text;
    element.title = `${absolute} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  };

  const showAll = (root = document) => root.querySelectorAll("time[data-form]").forEach(show);
  showAll();
  setInterval(showAll, 30000);
  document.addEventListener("stride:changed", (event) => showAll(event.target));
  // An open menu closes by Escape and by a click elsewhere.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
})();
