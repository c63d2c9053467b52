/** Whether a click in a table's row means the row: not when it chose text or pressed something of its own. */
export function isRowClick({ target }: MouseEvent): boolean {
  const on = target instanceof Element ? target : null;
  return !on?.closest('a, button, [role="menu"]') && getSelection()?.isCollapsed === true;
}
