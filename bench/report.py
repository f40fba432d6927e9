"""Figures with the limits they must keep."""

from measure import RUNS


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, figure, limit, kept):
        self.rows.append((what, figure, limit, "yes" if kept else "NO"))
        print(f"{what:<70} {figure:>28}   limit {limit:<22} {'kept' if kept else 'NOT KEPT'}", flush=True)

    def markdown(self, facts):
        lines = ["# Performance", "",
                 "Figures of one run of `make bench`; medians of "
                 f"{RUNS} where a run is short. They are compared with other programs doing the same in the same run, "
                 "because absolute times say more about the machine than about the program.", "",
                 "Made with `build/python/bin/python bench/run.py --write docs/performance.md` on:", ""]
        lines += [f"- {fact}" for fact in facts]
        lines += ["", "| what | figure | limit | kept |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        return "\n".join(lines) + "\n"

    @property
    def all_kept(self):
        return all(row[3] == "yes" for row in self.rows)
