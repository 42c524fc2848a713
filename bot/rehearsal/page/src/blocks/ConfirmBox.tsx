// The question that Slack asks before a button with `confirm` does its work.

import { useId } from "react";
import { plain } from "../format/safeText";
import type { ConfirmDialog } from "../types";
import { Dialog } from "../ui/Dialog";
import { RichWords } from "./Drawn";

export function ConfirmBox({ dialog, settle }: { dialog: ConfirmDialog; settle: (yes: boolean) => void }) {
  const id = useId();
  return (
    <Dialog titleId={id} role="alertdialog" className="confirm" onClose={() => settle(false)}>
      <h2 id={id}>{plain(dialog.title)}</h2>
      <div className="confirm-text"><RichWords words={dialog.text} /></div>
      <div className="dialog-buttons">
        <button type="button" className="button" onClick={() => settle(false)}>
          {plain(dialog.deny)}
        </button>
        <button type="button" className={`button ${dialog.style ?? "primary"}`} onClick={() => settle(true)}>
          {plain(dialog.confirm)}
        </button>
      </div>
    </Dialog>
  );
}
