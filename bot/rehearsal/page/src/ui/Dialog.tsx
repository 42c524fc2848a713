// A modal dialog on the browser's own <dialog>: it keeps the focus inside and gives it back.

import { useEffect, useLayoutEffect, useRef } from "react";
import type { KeyboardEvent, ReactNode } from "react";

interface Props {
  titleId: string;
  className?: string;
  testId?: string;
  role?: "dialog" | "alertdialog";
  children: ReactNode;
  onClose: () => void;
}

export function Dialog({ titleId, className = "", testId, role = "dialog", children, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    const card = opener?.closest<HTMLElement>("[tabindex]");
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      const back = [opener, card].find((one) => one?.isConnected) ?? document.querySelector<HTMLElement>("[data-testid=composer]");
      back?.focus();
    };
  }, []);

  // The browser closes a dialog by itself on a second Esc or the phone's Back: the page has to follow.
  const closed = useRef(onClose);
  closed.current = onClose;
  useEffect(() => {
    const shown = dialog.current;
    const follow = (event: Event) => {
      if (event.target !== shown) return;
      event.preventDefault();
      closed.current();
    };
    shown?.addEventListener("cancel", follow);
    return () => shown?.removeEventListener("cancel", follow);
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  };

  return (
    <dialog ref={dialog} role={role} aria-labelledby={titleId} data-testid={testId} className={`dialog ${className}`} onKeyDown={onKeyDown}>
      {children}
    </dialog>
  );
}
