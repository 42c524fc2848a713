// Keeps the keyboard where it was: on the same button of a card that is drawn again, or on the card if that is gone.

import { useEffect, useLayoutEffect, useRef } from "react";
import type { RefObject } from "react";

/** For an element with a tabIndex; it isn't another button, which a second press of Enter would press. Returns what to do on blur. */
export function useKeptFocus(box: RefObject<HTMLElement | null>): () => void {
  const last = useRef<EventTarget | null>(null);
  useLayoutEffect(() => {
    const lost = last.current instanceof Element && !last.current.isConnected;
    if (!lost || document.activeElement !== document.body) return;
    const id = (last.current as Element).getAttribute("data-id");
    const same = id ? [...(box.current?.querySelectorAll<HTMLElement>("[data-id]") ?? [])].filter((one) => one.dataset["id"] === id) : [];
    (same.length === 1 ? same[0] : box.current)?.focus({ preventScroll: true });
  });
  // React tells nothing of a focus that a closing dialog gives back, nor of a blur because an element is gone.
  useEffect(() => {
    const keep = (event: Event) => {
      last.current = event.target;
    };
    const shown = box.current;
    shown?.addEventListener("focusin", keep);
    return () => shown?.removeEventListener("focusin", keep);
  }, [box]);
  return () => {
    last.current = null;
  };
}
