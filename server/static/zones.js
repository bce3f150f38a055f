// Date-and-time fields in the reader's zone. What is sent stays in UTC: the field that is seen has no name, and the
// one that is sent is hidden behind it.
(() => {
  const pad = (number) => String(number).padStart(2, "0");
  const local = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
  const utc = (date) => date.toISOString().slice(0, 16);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  document.querySelectorAll("[data-zones] input[type=datetime-local]").forEach((seen) => {
    const sent = document.createElement("input");
    sent.type = "hidden";
    sent.name = seen.name;
    sent.value = seen.value;
    seen.removeAttribute("name");
    seen.after(sent);
    if (sent.value) seen.value = local(new Date(`${sent.value.slice(0, 16)}Z`));
    seen.addEventListener("input", () => {
      const date = new Date(seen.value);
      sent.value = seen.value && !Number.isNaN(date.getTime()) ? utc(date) : "";
    });
  });
  document.querySelectorAll(".zone-note").forEach((note) => {
    note.textContent = note.textContent.replace("in UTC", `in your time zone (${zone})`);
  });
  const offer = location.hash && document.getElementById(location.hash.slice(1));
  if (offer && offer.tagName === "DETAILS") offer.open = true;
})();
