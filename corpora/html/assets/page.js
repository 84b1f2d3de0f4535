"use strict";
(() => {
  const labels = document.getElementById("labels");
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [sheet];
  const apply = () => {
    let rules = "";
    for (const box of labels.querySelectorAll("input:not(:checked)")) {
      const k = ".k" + Number(box.value);
      rules += ".m" + k + "{border-color:transparent;background:none}.tag" + k + ",.why" + k + "{display:none!important}";
    }
    sheet.replaceSync(rules);
  };
  labels.addEventListener("change", apply);
  for (const button of labels.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      for (const box of labels.querySelectorAll("input")) box.checked = button.dataset.show === "all";
      apply();
    });
  }
  apply();
})();
