// A box in the browser's top layer, beside its anchor: nothing clips it, not even a dialog.

import { useEffect, useLayoutEffect, useRef } from "react";
import type { ReactNode, RefObject } from "react";

const GAP = 4;
const EDGE = 8;
const MOST = 340;

interface Props {
  anchor: RefObject<HTMLElement | null>;
  children: ReactNode;
  wide?: boolean;
  /** What may be pressed beside the anchor without counting as outside. */
  beside?: RefObject<HTMLElement | null>;
  onOutside?: () => void;
  onShown?: (box: HTMLElement) => void;
}

function place(box: HTMLElement, anchor: HTMLElement, wide: boolean): void {
  const at = anchor.getBoundingClientRect();
  const view = window.visualViewport;
  const height = view?.height ?? window.innerHeight;
  const below = height - at.bottom - GAP - EDGE;
  const above = at.top - GAP - EDGE;
  if (wide) box.style.width = `${at.width}px`;
  box.style.maxHeight = `${Math.min(MOST, Math.max(below, above))}px`;
  const up = below < Math.min(box.scrollHeight, MOST) && above > below;
  box.style.top = up ? `${at.top - GAP - box.offsetHeight}px` : `${at.bottom + GAP}px`;
  box.style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - box.offsetWidth - EDGE))}px`;
}

export function Floating({ anchor, children, wide = false, beside = anchor, onOutside, onShown }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const callbacks = useRef({ onOutside, onShown });
  callbacks.current = { onOutside, onShown };

  useLayoutEffect(() => {
    if (box.current && anchor.current) place(box.current, anchor.current, wide);
  });

  useLayoutEffect(() => {
    const [shown, held] = [box.current, anchor.current];
    if (!shown || !held) return;
    shown.showPopover();
    place(shown, held, wide);
    callbacks.current.onShown?.(shown);
    const follow = () => place(shown, held, wide);
    window.addEventListener("scroll", follow, true);
    window.addEventListener("resize", follow);
    return () => {
      window.removeEventListener("scroll", follow, true);
      window.removeEventListener("resize", follow);
    };
  }, [anchor, wide]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target) && !beside.current?.contains(target)) callbacks.current.onOutside?.();
    };
    document.addEventListener("pointerdown", outside, true);
    return () => document.removeEventListener("pointerdown", outside, true);
  }, [anchor, beside]);

  return (
    <div ref={box} popover="manual" className="floating">
      {children}
    </div>
  );
}
