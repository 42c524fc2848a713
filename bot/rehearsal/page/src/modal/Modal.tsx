// A Slack modal: the app's blocks as a form, sent to the app, with its complaints at the fields.

import { useEffect, useId, useRef, useState } from "react";
import type { FormEvent, KeyboardEvent, RefObject } from "react";
import { close, submit } from "../api";
import { Blocks } from "../blocks/Blocks";
import { useLiveBlocks } from "../blocks/useLiveBlocks";
import { complaints, standing } from "../blocks/values";
import { plain } from "../format/safeText";
import { useReader } from "../live/reader";
import { texts } from "../texts";
import type { View } from "../types";
import { BotAvatar } from "../ui/Avatar";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Spinner, Trouble } from "../ui/States";

interface Props {
  view: View;
  reload: () => void;
  /** Sentences at fields with which the form comes up, by block_id. */
  wrong?: Record<string, string>;
}

export function Modal({ view, reload, wrong: complained = {} }: Props) {
  const { uid, acted } = useReader();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  // The player opens in its own tab, and its link works once: close the page that only led there.
  const leave = view.submit ? undefined : () => void onClose(true);
  const live = useLiveBlocks({ type: "view", view_id: view.id }, view.blocks, view.state?.values, leave);
  const [found, setErrors] = useState(complained);
  const complainedOf = useRef(live.values);
  const errors = standing(found, complainedOf.current, live.values);
  const [trouble, setTrouble] = useState("");
  const [sending, setSending] = useState(false);
  useFirstField(form, view);

  const last = useRef(view.id);
  useEffect(() => {
    if (last.current === view.id) return;
    last.current = view.id;
    setErrors({});
    setTrouble("");
  }, [view.id]);

  const complain = (found: Record<string, string>) => {
    complainedOf.current = live.values;
    setErrors(found);
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>("[data-invalid] :is(input, textarea):not([type=hidden])")?.focus(),
    );
  };

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    const found = complaints(view.blocks, live.values);
    setTrouble("");
    if (Object.keys(found).length) return complain(found);
    setErrors({});
    setSending(true);
    const outcome = await submit(uid, view.id, live.values);
    setSending(false);
    if (outcome.errors) complain(outcome.errors);
    else if (!outcome.ok) setTrouble(`${(outcome.error ?? texts.unreachable).replace(/\.?$/, ".")} ${texts.kept}`);
    acted(outcome.ok ? plain(view.title) : undefined);
    reload();
  };

  const onClose = async (everything: boolean) => {
    const outcome = await close(uid, view.id, everything);
    if (!outcome.ok && outcome.error) setTrouble(outcome.error);
    reload();
  };

  // Ctrl or Cmd and Enter sends a form from inside a text area, as in Slack.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && view.submit) form.current?.requestSubmit();
  };

  const busy = live.pending.size > 0;
  const wrong = Object.keys(errors).length > 0;
  return (
    <Dialog titleId={id} testId="modal" className="modal" onClose={() => void onClose(false)}>
      <form ref={form} noValidate onSubmit={onSubmit} onKeyDown={onKeyDown} aria-busy={sending || busy}>
        <header className="modal-head">
          {view.previous_view_id ? (
            <button type="button" className="icon-button" aria-label={texts.backInForm} onClick={() => void onClose(false)}>
              <Icon name="back" size={20} />
            </button>
          ) : (
            <BotAvatar size={28} />
          )}
          <h2 id={id}>{plain(view.title)}</h2>
          <button type="button" className="icon-button" aria-label={texts.close} onClick={() => void onClose(true)}>
            <Icon name="close" size={20} />
          </button>
          <div className="modal-busy" data-on={busy || undefined} role="status">
            {busy && <span className="sr-only">{texts.updating}</span>}
          </div>
        </header>
        <div className="modal-body" tabIndex={-1}>
          <Blocks blocks={view.blocks} live={live} errors={errors} disabled={sending} />
        </div>
        <footer className="modal-foot">
          {trouble && <Trouble>{trouble}</Trouble>}
          {wrong && !trouble && <Trouble>{texts.mendFields}</Trouble>}
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => void onClose(false)}>
              {plain(view.close) || texts.cancel}
            </button>
            {view.submit && (
              <button type="submit" className="button primary" data-testid="modal-submit" aria-disabled={sending || undefined}>
                {sending ? <Spinner label={texts.submitting} /> : plain(view.submit)}
              </button>
            )}
          </div>
        </footer>
      </form>
    </Dialog>
  );
}

/** Puts the cursor into the first field when a view opens or its fields arrive, unless the person is already typing; in
 * a view that only leads to a page, onto its link. If that is out of sight, below what should be read first, or the
 * focused part is gone, the view's body gets the focus. */
function useFirstField(form: RefObject<HTMLFormElement | null>, view: View): void {
  const done = useRef("");
  useEffect(() => {
    const box = form.current;
    const body = box?.querySelector<HTMLElement>(".modal-body");
    const fields = view.blocks.some((block) => block.type === "input");
    const button = body?.querySelector<HTMLElement>("button");
    const link = button?.hasAttribute("data-link") ? button : null;
    const first = fields ? box?.querySelector<HTMLElement>(".field :is(input, textarea)") : link;
    if (first && done.current !== view.id) {
      done.current = view.id;
      const inSight = body && first.getBoundingClientRect().bottom <= body.getBoundingClientRect().bottom;
      if (!body?.querySelector(":focus")) (inSight ? first : body)?.focus({ preventScroll: true });
    } else if (document.activeElement === document.body) {
      body?.focus({ preventScroll: true });
    }
  }, [form, view]);
}
