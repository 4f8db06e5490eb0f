"""What quantrac-sensord may take at most for the 32 instruments, and whether it held that."""

MOST_CPU, MOST_MIB, MOST_LATE_MS = 1.5, 10, 20  # percent of a core; resident; p99


def judged(name, row):
    """[(text, held)] of a row; the load of the machine stands in each, as it makes requests late."""
    whose, beside = f"{name}, {row['form']}", f"(load average {row['load']:.1f})"
    lines = [(f"{whose}: {what} {value:.2f} of at most {most} {unit}", value <= most) for what, value, most, unit in
             (("CPU", row["cpu"], MOST_CPU, "% of a core"), ("resident", row["peak"], MOST_MIB, "MiB"),
              ("late, p99", row["late"][1], MOST_LATE_MS, "ms"))]
    lines.append((f"{whose}: polls missed {row['missed']} of {row['polls'] + row['missed']}", row["missed"] == 0))
    return [(f"{text}: {'held' if held else 'NOT HELD'} {beside}", held) for text, held in lines]


def all_held(rows):
    """Prints how each of [(name, row)] did; whether every bound was held."""
    lines = [line for name, row in rows for line in judged(name, row)]
    for text, _ in lines:
        print(f"  {text}")
    return all(held for _, held in lines)
