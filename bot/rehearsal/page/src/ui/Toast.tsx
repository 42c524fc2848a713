// A sentence that comes, is read aloud, and goes by itself.

import { createContext, useCallback, useContext, useRef, useState } from "react";
import type { ReactNode } from "react";

const SHOWN = 6000;
const ToastContext = createContext<(sentence: string) => void>(() => {});

export const useToast = () => useContext(ToastContext);

export function Toasts({ children }: { children: ReactNode }) {
  const [sentence, setSentence] = useState("");
  const timer = useRef(0);
  const show = useCallback((words: string) => {
    clearTimeout(timer.current);
    setSentence(words);
    timer.current = window.setTimeout(() => setSentence(""), SHOWN);
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {sentence && <p className="toast">{sentence}</p>}
      </div>
    </ToastContext>
  );
}
