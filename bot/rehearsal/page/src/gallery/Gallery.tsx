// Draws one given message, dialog or home by itself, for a picture of it.

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { ConfirmBox } from "../blocks/ConfirmBox";
import { HomeView } from "../chat/AppHome";
import { MessageItem } from "../chat/MessageItem";
import { ReaderContext } from "../live/reader";
import { useDark } from "../live/useMedia";
import { Modal } from "../modal/Modal";
import type { ChatMessage, ConfirmDialog, View } from "../types";

interface About {
  uid: string;
  zone: string;
  now: string;
  names: Record<string, string>;
  errors: Record<string, string>;
}

type Seen =
  | { kind: "message"; seen: ChatMessage }
  | { kind: "modal" | "home"; seen: View }
  | { kind: "confirm"; seen: ConfirmDialog };

type Drawing = About & Seen;

type Box = Pick<DOMRect, "x" | "y" | "width" | "height">;

declare global {
  interface Window {
    /** Draws this in place of the last one; returns where it is once it is on the screen. */
    draw?: (drawing: Drawing) => Promise<Box>;
  }
}

const nothing = () => {};

function Alone({ drawing }: { drawing: Drawing }) {
  const { uid, zone, names } = drawing;
  const now = () => new Date(drawing.now);
  const reader = { uid, zone, now, dark: useDark(), nameOf: (id: string) => names[id] ?? id, acted: nothing };
  return <ReaderContext value={reader}><div className="shot" data-kind={drawing.kind}>{inside(drawing)}</div></ReaderContext>;
}

function inside(drawing: Drawing) {
  const { kind, seen } = drawing;
  if (kind === "message") return <MessageItem message={seen} channel="" follows={false} />;
  if (kind === "home") return <HomeView view={seen} />;
  if (kind === "confirm") return <ConfirmBox dialog={seen} settle={nothing} />;
  return <Modal view={seen} reload={nothing} wrong={drawing.errors} />;
}

function place(drawn: Element): Box {
  const { x, y, width, height } = drawn.getBoundingClientRect();
  return { x, y, width, height };
}

export function prepareGallery(box: HTMLElement): void {
  const root = createRoot(box);
  let count = 0;
  window.draw = async (drawing) => {
    flushSync(() => root.render(<Alone key={++count} drawing={drawing} />));
    await new Promise(requestAnimationFrame);
    (document.activeElement as HTMLElement | null)?.blur();
    return place(box.querySelector("dialog") ?? box);
  };
}
