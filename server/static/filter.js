// Narrows a table down to the rows whose heading contains what is typed.
(() => {
  const input = document.getElementById("filter");
  if (!input) return;
  const rows = [...document.querySelectorAll(input.dataset.rows)].map((row) => [row, row.querySelector("th").textContent.toLowerCase()]);
  const count = document.getElementById("filter-count");
  const whole = count.textContent;
  input.parentElement.hidden = false;
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach(([row, text]) => {
      row.hidden = !text.includes(wanted);
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = wanted ? `${shown} of ${whole}` : whole;
  });
})();
