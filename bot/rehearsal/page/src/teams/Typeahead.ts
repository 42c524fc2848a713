// A look-up of several things: Microsoft's renderer would list every choice, Teams' client shows what was chosen.

import { ChoiceSetInput, GlobalRegistry } from "adaptivecards";

class Typeahead extends ChoiceSetInput {
  protected override internalRender(): HTMLElement | undefined {
    if (this.style !== "filtered" || !this.isMultiSelect) return super.internalRender();
    const box = document.createElement("div");
    box.className = "ac-input lookup";
    const wanted = new Set((this.defaultValue ?? "").split(","));
    const chosen = this.choices.filter(({ value }) => value !== undefined && wanted.has(value));
    for (const { title } of chosen) box.append(chip(title ?? ""));
    if (!chosen.length) box.append(this.placeholder ?? "");
    box.toggleAttribute("data-empty", !chosen.length);
    return box;
  }
}

function chip(title: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "chip";
  made.textContent = `${title}  ×`;
  return made;
}

export function registerTypeahead(): void {
  GlobalRegistry.elements.register("Input.ChoiceSet", Typeahead);
}
