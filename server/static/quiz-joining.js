// The page where one joins: what is left counts down by how long the page is open, whatever the device's clock says.
(() => {
  const places = [...document.querySelectorAll("[data-left]")].map((each) => [each, Number(each.dataset.left)]);
  const two = (number) => String(number).padStart(2, "0");
  const span = (whole) => (whole < 3600 ? `${Math.floor(whole / 60)}:${two(whole % 60)}` : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`);
  const begun = performance.now();
  const show = () => places.forEach(([place, left]) => {
    place.textContent = span(Math.max(0, Math.ceil((left - (performance.now() - begun)) / 1000)));
  });
  show();
  setInterval(show, 500);
  // A second tap sends nothing new: the server takes it for the same device, but the page need not wait for both.
  document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  }));
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => { delete form.dataset.sent; }));
})();
