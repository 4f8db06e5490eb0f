/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the machine that a contact is wired to, or a relay: GPIO lines of the kernel's character device
 * (/dev/gpiochipN, linux/gpio.h, the second form of its calls, Linux 5.10), and the modem lines of an
 * open serial port.  Nothing here waits.
 */
#ifndef SENSORS_CONTACT_H
#define SENSORS_CONTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/status.h"
#include "sensors/station/cabinet_setting.h"

/* The system under it; a test hands in its own. */
struct contact_system {
	int (*open)(const char *path, int flags);
	int (*ioctl)(int fd, unsigned long request, void *argument);
	ssize_t (*read)(int fd, void *out, size_t n);
	int (*close)(int fd);
	uint64_t (*monotonic_ns)(void); /* the clock the kernel stamps edges with */
};
extern const struct contact_system contact_real;

struct gpio_line {
	const struct contact_system *system;
	int fd;     /* -1: not there */
	bool edges; /* the descriptor is readable after an edge; else look often */
};

/* Is there such a chip with such a line?  It is not taken, whoever has it.  OK; REFUSED: this user may not
 * look; FAILED with the reason. */
int gpio_look(const struct contact_system *system, const char *chip, int64_t offset,
        struct problem *why);

/* Take a line of a chip as an input.  OK, or FAILED with the reason. */
int gpio_open_input(struct gpio_line *line, const struct input_setting *setting,
        struct problem *why);

/* Take a line as an output, inactive.  OK or FAILED. */
int gpio_open_output(struct gpio_line *line, const char *chip, uint32_t offset,
        bool active_low, struct problem *why);
void gpio_close(struct gpio_line *line);

/* 0, 1, or FAILED: the chip has gone. */
int gpio_level(const struct gpio_line *line);
/* OK or FAILED. */
int gpio_set(const struct gpio_line *line, bool active);

/* The next edge the kernel has kept: 1 with level and time (`now` minus its age), 0 none, FAILED. */
struct gpio_edge {
	bool level;
	struct moment when;
};
int gpio_edge(
        const struct gpio_line *line, const struct moment *now, struct gpio_edge *out);

/* Level of a modem line: 0, 1 or FAILED. */
int modem_level(const struct contact_system *system, int fd, enum modem_line line);
/* OK or FAILED. */
int modem_set(
        const struct contact_system *system, int fd, enum modem_output line, bool on);

#endif
