/** A text in which every reference of a complaint leads to it. */
import { Link } from 'wouter'

/** As references are given: the day, and six characters that are never mistaken when read aloud. */
const REFERENCE = /(C\d{6}-[0-9a-z]{6})(?![0-9a-z])/

export function Referring({ text }: { text: string }) {
  // What a group of the pattern took stands at the odd places.
  return text.split(REFERENCE).map((part, place) =>
    place % 2 === 1 ? (
      <Link key={place} href={`/complaints/${part}`}>
        {part}
      </Link>
    ) : (
      part
    ),
  )
}
