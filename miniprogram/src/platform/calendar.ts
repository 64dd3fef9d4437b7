/** An appointment as an iCalendar file (RFC 5545), for calendars that WeChat's own call does not reach. */
export function calendarFile(
  entry: { title: string; place: string; starts: number; ends: number; note: string },
  now: number,
): string {
  const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const text = (value: string) => value.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r?\n/g, '\\n')
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//warmbee//activities//ZH',
    'BEGIN:VEVENT',
    `UID:${entry.starts}-${entry.title.length}@warmbee`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(entry.starts)}`,
    `DTEND:${stamp(entry.ends)}`,
    `SUMMARY:${text(entry.title)}`,
    `LOCATION:${text(entry.place)}`,
    `DESCRIPTION:${text(entry.note)}`,
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    'TRIGGER:-PT2H',
    `DESCRIPTION:${text(entry.title)}`,
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}
