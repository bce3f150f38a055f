// The editor's Tab key, the size of a chosen file, and a warning before typed code is left behind.
(() => {
  const INDENT = "    ";
  const editor = document.getElementById("code");
  const file = document.getElementById("file");

  // Escape gives the Tab key back, so that a keyboard user can leave the editor.
  const tabs = () => {
    let escaped = false;
    let start = editor.value;
    editor.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { escaped = true; return; }
      if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) {
        if (event.key !== "Shift") escaped = false;
        return;
      }
      if (escaped) { escaped = false; return; }
      event.preventDefault();
      event.shiftKey ? dedent() : indent();
    });
    editor.addEventListener("blur", () => { escaped = false; });
    window.addEventListener("beforeunload", (event) => {
      if (editor.value !== start) event.preventDefault();
    });
    document.querySelectorAll("form").forEach((form) => form.addEventListener("submit", () => {
      if (form.id === "paste") start = editor.value;
    }));
  };

  // execCommand is the one way that keeps the browser's undo.
  const put = (text) => document.execCommand("insertText", false, text) || editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");

  const lines = () => {
    const from = editor.value.lastIndexOf("\n", editor.selectionStart - 1) + 1;
    const end = editor.value.indexOf("\n", Math.max(editor.selectionStart, editor.selectionEnd - 1));
    return [from, end < 0 ? editor.value.length : end];
  };

  const change = (edit) => {
    const [from, to] = lines();
    const before = editor.value.slice(from, to);
    const after = before.split("\n").map(edit).join("\n");
    if (after === before) return;
    const [start, end] = [editor.selectionStart, editor.selectionEnd];
    const first = edit(before.split("\n")[0]).length - before.split("\n")[0].length;
    editor.setSelectionRange(from, to);
    put(after);
    editor.setSelectionRange(Math.max(from, start + first), Math.max(from, end + after.length - before.length));
  };

  const indent = () => {
    const selected = editor.value.slice(editor.selectionStart, editor.selectionEnd);
    if (selected.includes("\n")) { change((line) => (line ? INDENT + line : line)); return; }
    const [from] = lines();
    put(" ".repeat(INDENT.length - ((editor.selectionStart - from) % INDENT.length)));
  };

  const dedent = () => change((line) => line.replace(/^ {1,4}|^\t/, ""));

  const watchFile = () => {
    const problem = document.getElementById("file-error");
    const limits = JSON.parse(file.dataset.most);
    const kib = (size) => `${size.toLocaleString("en")} KiB`;
    const what = (kind) => (kind === ".ipynb" ? "a notebook" : `a ${kind} file`);
    const wrongWith = (chosen) => {
      const kind = Object.keys(limits).find((ending) => chosen.name.toLowerCase().endsWith(ending));
      if (kind && chosen.size > limits[kind]) return `${chosen.name} has ${kib(Math.ceil(chosen.size / 1024))}; ${what(kind)} may have ${kib(limits[kind] / 1024)} at most.${kind === ".ipynb" ? " Clear its outputs first." : ""}`;
      return chosen.size ? "" : `${chosen.name} is empty. Did you save it?`;
    };
    const message = () => [...file.files].map(wrongWith).find(Boolean) || "";
    const show = () => {
      problem.textContent = message();
      problem.hidden = !problem.textContent;
      file.classList.toggle("is-invalid", !problem.hidden);
    };
    file.addEventListener("change", show);
    file.form.addEventListener("submit", (event) => {
      show();
      if (!problem.hidden) { event.preventDefault(); file.focus(); }
    });
  };

  // A second click while a slow upload is under way would hand in twice.
  const once = (form) => form.addEventListener("submit", (event) => {
    const button = form.querySelector("button[type=submit]");
    if (!event.defaultPrevented) setTimeout(() => { button.disabled = true; });
    window.addEventListener("pageshow", () => { button.disabled = false; });
  });

  if (editor) tabs();
  if (file) watchFile();
  document.querySelectorAll("#upload, #paste").forEach(once);
})();
