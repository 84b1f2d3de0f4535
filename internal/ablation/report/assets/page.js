"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const out = form.querySelector("output");
  const apply = () => {
    const want = { row: form.row.value, kind: form.kind.value, label: form.label.value };
    const filtered = want.row || want.kind || want.label;
    let total = 0;
    for (const row of document.querySelectorAll("details.row")) {
      let shown = 0;
      for (const item of row.querySelectorAll("details.case")) {
        const fits = (!want.kind || item.dataset.kind === want.kind) && (!want.label || item.dataset.label === want.label);
        item.hidden = !fits;
        if (fits) shown++;
      }
      row.hidden = (want.row && row.dataset.row !== want.row) || shown === 0;
      if (row.hidden) continue;
      total += shown;
      if (want.row) row.open = true;
    }
    out.textContent = filtered ? total + (total === 1 ? " error" : " errors") : "";
  };
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
