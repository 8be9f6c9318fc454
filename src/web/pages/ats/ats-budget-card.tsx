import type { BudgetDescription } from '../../../lever/request-budget.ts'
import { Fact } from '../kit/fact.tsx'
import { usePage } from '../kit/page-context.ts'
import { overviewTexts } from './texts-overview.ts'
import { TimeAgo } from '../kit/time-ago.tsx'

const MINUTE_MS = 60_000
const MINUTES = 60
const BAR = { width: 5, gap: 1, height: 40 }

/** The request budget of this credential: now and in the last hour. */
export function BudgetCard({ budget }: { budget: BudgetDescription }) {
  const t = overviewTexts(usePage().language)
  return (
    <section class="card" aria-labelledby="budget">
      <h2 id="budget">{t.budget}</h2>
      <dl class="facts">
        <Fact name={t.budgetNow}>
          <meter aria-label={t.budgetNow} min={0} max={budget.burst} low={budget.burst / 4} value={budget.available} />{' '}
          {t.budgetOf(budget.available, budget.burst)} <span class="small">{t.budgetRate(budget.perSecond)}</span>
        </Fact>
        {budget.pausedUntil === null ? null : (
          <Fact name={t.budgetPaused}>
            <TimeAgo at={budget.pausedUntil.toISOString()} />
          </Fact>
        )}
        <Fact name={t.budgetHour}>
          {t.budgetUsed(budget.usedLastHour)}{' '}
          <span class="small">{budget.throttled === 0 ? t.budgetCalm : t.budgetThrottled(budget.throttled)}</span>
        </Fact>
      </dl>
      <Chart budget={budget} />
    </section>
  )
}

function Chart({ budget }: { budget: BudgetDescription }) {
  const t = overviewTexts(usePage().language)
  const bars = barsOf(budget, Date.now())
  const peak = Math.max(1, ...bars.map(({ used }) => used))
  return (
    <figure class="chart">
      <svg
        role="img"
        aria-label={t.chart(budget.usedLastHour, Math.max(...bars.map(({ used }) => used)))}
        viewBox={`0 0 ${MINUTES * (BAR.width + BAR.gap)} ${BAR.height}`}
        preserveAspectRatio="none"
      >
        {bars.map(({ used, throttled }, minute) => {
          const height = used === 0 ? 1 : Math.max(2, (used / peak) * BAR.height)
          const look = throttled > 0 ? 'throttled' : used === 0 ? 'none' : ''
          return (
            <rect key={minute} x={minute * (BAR.width + BAR.gap)} y={BAR.height - height} width={BAR.width} height={height} class={look} />
          )
        })}
      </svg>
      <figcaption class="small" aria-hidden="true">
        <span>{t.hourAgo}</span>
        <span>{t.now}</span>
      </figcaption>
    </figure>
  )
}

/** One bar for each of the last 60 minutes, oldest first. */
function barsOf({ minutes }: BudgetDescription, nowMs: number): { used: number; throttled: number }[] {
  const thisMinute = Math.floor(nowMs / MINUTE_MS)
  const known = new Map(minutes.map((minute) => [Math.floor(minute.at.getTime() / MINUTE_MS), minute]))
  return Array.from({ length: MINUTES }, (_, index) => known.get(thisMinute - MINUTES + 1 + index) ?? { used: 0, throttled: 0 })
}
