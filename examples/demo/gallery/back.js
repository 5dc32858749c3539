// Requests a part again when the visitor is back.
addEventListener("visibilitychange", () => {
  if (!document.hidden) dispatchEvent(new CustomEvent("rivulet:refresh", {detail: "back"}));
});
