// Keys of the desk: an element says which in data-key. A field that is typed into keeps its keys.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  if (at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName))) {
    if (event.key === "Escape") at.blur();
    return;
  }
  if (event.key === "Enter" && at !== document.body) return;
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!named) return;
  event.preventDefault();
  if (named.tagName === "DETAILS") {
    named.open = true;
    named.querySelector("textarea, input:not([type=hidden])")?.focus();
  } else named.click();
});

// A picture of a paper: larger in three steps, turned in four.
for (const sheet of document.querySelectorAll("[data-viewer]")) {
  const picture = sheet.querySelector("img");
  const cycle = (name, number) => {
    const next = (Number(picture.dataset[name] || 0) + 1) % number;
    picture.dataset[name] = String(next);
  };
  sheet.querySelector("[data-zoom]").addEventListener("click", () => cycle("zoomed", 3));
  sheet.querySelector("[data-turn]").addEventListener("click", () => cycle("turned", 4));
}
