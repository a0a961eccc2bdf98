const list = document.getElementById("scenarios");
fetch("/api/choices")
  .then((answer) => answer.json())
  .then(({ scenarios }) => {
    for (const { title } of scenarios) {
      const item = document.createElement("li");
      item.textContent = title;
      list.append(item);
    }
  });
