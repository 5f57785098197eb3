// A reader that takes everything proves nothing: changes a sound document and expects its refusal.
// refuses(report, name, sound, change, complaint): complaint(text) says what is wrong, or '' when nothing is.
export function refuses(report, name, sound, change, complaint) {
  const broken = change(sound);
  if (broken === sound) return report(`refuses ${name}`, false, 'the change changed nothing');
  report(`refuses ${name}`, complaint(broken) !== '', 'it was taken');
}
