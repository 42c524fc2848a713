// Draws one message of Teams by itself, for a picture of it: a card by Microsoft's own renderer, or plain words.

import { AdaptiveCard } from "adaptivecards";
import { hostConfig } from "./hostConfig";
import { registerTypeahead } from "./Typeahead";

interface Drawing {
  from: string;
  at: string;
  card: object | null;
  words: string;
  /** The title of a button whose question should be unfolded. */
  unfold: string;
}

function piece(name: string, className: string, ...inside: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...inside);
  return made;
}

function card(json: object): HTMLElement {
  const drawn = new AdaptiveCard();
  drawn.hostConfig = hostConfig(matchMedia("(prefers-color-scheme: dark)").matches);
  drawn.parse(json);
  const element = drawn.render();
  if (!element) throw new Error("the card can't be drawn");
  return piece("div", "card", element);
}

function unfold(inside: HTMLElement, title: string): void {
  const button = [...inside.querySelectorAll("button")].find(({ textContent }) => textContent === title);
  if (!button) throw new Error(`there is no button ${title}`);
  button.click();
}

function message({ from, at, card: json, words }: Drawing): HTMLElement {
  const initials = from.split(" ").map(([first]) => first).join("").slice(0, 2);
  const head = piece("div", "head", piece("b", "", from), piece("time", "", at));
  const body = json ? card(json) : piece("p", "words", words);
  return piece("div", "message", piece("span", "face", initials), piece("div", "said", head, body));
}

registerTypeahead();
const box = document.getElementById("teams");
if (box) {
  Object.assign(window, {
    draw: async (drawing: Drawing) => {
      box.replaceChildren(message(drawing));
      if (drawing.unfold) unfold(box, drawing.unfold);
      await new Promise(requestAnimationFrame);
      (document.activeElement as HTMLElement | null)?.blur();
      const { x, y, width, height } = box.getBoundingClientRect();
      return { x, y, width, height };
    },
  });
}
