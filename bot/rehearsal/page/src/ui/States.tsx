// How waiting, nothing and failure look, everywhere the same.

import type { ReactNode } from "react";
import { texts } from "../texts";
import { Icon } from "./Icon";

export function Spinner({ label }: { label?: string }) {
  return (
    <span className="spinner" role={label ? "status" : undefined}>
      <span className="spinner-ring" aria-hidden="true" />
      {label && <span>{label}</span>}
    </span>
  );
}

export function Loading({ label = texts.loading }: { label?: string }) {
  return (
    <div className="state">
      <Spinner label={label} />
    </div>
  );
}

export function Failed({ error, retry }: { error: string; retry: () => void }) {
  return (
    <div className="state" role="alert">
      <Icon name="warning" size={26} />
      <p className="state-title">{texts.failedToLoad}</p>
      <p>{error}</p>
      <button type="button" className="button" onClick={retry}>
        {texts.tryAgain}
      </button>
    </div>
  );
}

export function Empty({ title, children, picture }: { title: string; children?: ReactNode; picture?: ReactNode }) {
  return (
    <div className="state empty">
      {picture}
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}

export function Trouble({ children, onDismiss }: { children: ReactNode; onDismiss?: () => void }) {
  return (
    <div className="trouble" role="alert">
      <Icon name="warning" size={16} />
      <span>{children}</span>
      {onDismiss && (
        <button type="button" className="icon-button" onClick={onDismiss} aria-label={texts.dismiss}>
          <Icon name="close" size={14} />
        </button>
      )}
    </div>
  );
}
