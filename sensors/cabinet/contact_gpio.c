/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GPIO lines.
 *
 *   open /dev/gpiochipN -> GPIO_V2_GET_LINE_IOCTL -> a descriptor of the line; the chip's is closed
 *   poll, read   struct gpio_v2_line_event: an edge and its time (CLOCK_MONOTONIC, nanoseconds)
 *   GPIO_V2_LINE_GET_VALUES_IOCTL, GPIO_V2_LINE_SET_VALUES_IOCTL: bit 0 is our one line
 *
 * A chip without interrupts (some behind I2C) refuses edges: then its line is looked at instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sensors/cabinet/contact.h"

static int real_open(const char *path, int flags)
{
	return open(path, flags);
}

static int real_ioctl(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

static uint64_t real_monotonic_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const struct contact_system contact_real = {
	.open = real_open,
	.ioctl = real_ioctl,
	.read = read,
	.close = close,
	.monotonic_ns = real_monotonic_ns,
};

static const char *reason(int error)
{
	if (error == ENOENT || error == ENODEV || error == ENXIO)
		return "there is no such chip or line";
	if (error == EACCES || error == EPERM)
		return "no permission; give its group to the user of this program";
	if (error == EBUSY)
		return "another program or the kernel has this line";
	if (error == EINVAL)
		return "the chip has no such line, or cannot do what is asked of it";
	if (error == ENOTTY)
		return "this is no GPIO chip, or the kernel is older than 5.10";
	return strerrordesc_np(error);
}

int gpio_look(const struct contact_system *system, const char *chip, int64_t offset,
        struct problem *why)
{
	struct gpiochip_info info = { .lines = 0 };
	int fd = system->open(chip, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status = fd >= 0 ? system->ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) : -1;
	int error = errno;
	if (fd >= 0)
		system->close(fd);
	if (status < 0)
		return problem_set(why,
		        error == EACCES || error == EPERM ? REFUSED : FAILED,
		        EXIT_CONFIG, "%s", reason(error));
	if (offset >= info.lines)
		return problem_set(why, FAILED, EXIT_CONFIG,
		        "the chip has %u lines, counted from 0", info.lines);
	return OK;
}

static int take_line(
        struct gpio_line *line, const char *chip, struct gpio_v2_line_request *request)
{
	const struct contact_system *system = line->system;
	int fd = system->open(chip, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return FAILED;
	request->num_lines = 1;
	snprintf(request->consumer, sizeof request->consumer, "quantrac-sensord");
	int status = system->ioctl(fd, GPIO_V2_GET_LINE_IOCTL, request);
	int error = errno;
	system->close(fd);
	errno = error;
	if (status < 0)
		return FAILED;
	line->fd = request->fd;
	fcntl(line->fd, F_SETFL, O_NONBLOCK); /* or a look for edges would wait */
	return OK;
}

int gpio_open_input(struct gpio_line *line, const struct input_setting *setting,
        struct problem *why)
{
	static const uint64_t bias[] = {
		[PULL_AS_IS] = 0,
		[PULL_UP] = GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
		[PULL_DOWN] = GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
		[PULL_NONE] = GPIO_V2_LINE_FLAG_BIAS_DISABLED,
	};
	uint64_t flags = GPIO_V2_LINE_FLAG_INPUT | bias[setting->pull];
	uint32_t offset = (uint32_t)setting->gpio_line;
	for (int edges = 1; edges >= 0; edges--) {
		struct gpio_v2_line_request request = { .offsets = { offset },
			.event_buffer_size = 64 };
		request.config.flags = flags;
		if (edges)
			request.config.flags |= GPIO_V2_LINE_FLAG_EDGE_RISING |
			                        GPIO_V2_LINE_FLAG_EDGE_FALLING;
		else
			request.event_buffer_size = 0;
		line->edges = edges != 0;
		if (take_line(line, setting->gpio, &request) == OK)
			return OK;
		if (errno == ENOENT || errno == EACCES || errno == EBUSY)
			break;
	}
	return problem_set(why, FAILED, EXIT_CONFIG, "%s", reason(errno));
}

int gpio_open_output(struct gpio_line *line, const char *chip, uint32_t offset,
        bool active_low, struct problem *why)
{
	struct gpio_v2_line_request request = { .offsets = { offset } };
	request.config.flags = GPIO_V2_LINE_FLAG_OUTPUT;
	if (active_low)
		request.config.flags |= GPIO_V2_LINE_FLAG_ACTIVE_LOW;
	request.config.num_attrs = 1;
	request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
	request.config.attrs[0].attr.values = 0;
	request.config.attrs[0].mask = 1;
	line->edges = false;
	if (take_line(line, chip, &request) == OK)
		return OK;
	return problem_set(why, FAILED, EXIT_CONFIG, "%s", reason(errno));
}

void gpio_close(struct gpio_line *line)
{
	if (line->fd >= 0)
		line->system->close(line->fd);
	line->fd = -1;
}

int gpio_level(const struct gpio_line *line)
{
	struct gpio_v2_line_values values = { .mask = 1 };
	if (line->fd < 0 || line->system->ioctl(line->fd, GPIO_V2_LINE_GET_VALUES_IOCTL,
	                            &values) < 0)
		return FAILED;
	return (int)(values.bits & 1);
}

int gpio_set(const struct gpio_line *line, bool active)
{
	struct gpio_v2_line_values values = { .mask = 1, .bits = active };
	if (line->fd < 0 || line->system->ioctl(line->fd, GPIO_V2_LINE_SET_VALUES_IOCTL,
	                            &values) < 0)
		return FAILED;
	return OK;
}

int gpio_edge(
        const struct gpio_line *line, const struct moment *now, struct gpio_edge *out)
{
	struct gpio_v2_line_event event;
	ssize_t n = line->system->read(line->fd, &event, sizeof event);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : FAILED;
	if (n != sizeof event)
		return n == 0 ? 0 : FAILED;
	uint64_t clock_ns = line->system->monotonic_ns();
	uint64_t age_ns =
	        event.timestamp_ns < clock_ns ? clock_ns - event.timestamp_ns : 0;
	int64_t age_us = (int64_t)(age_ns / 1000);
	if (age_us > INT64_C(3600000000)) /* another clock than we think */
		age_us = 0;
	out->level = event.id == GPIO_V2_LINE_EVENT_RISING_EDGE;
	out->when = *now;
	out->when.time_us -= age_us;
	out->when.mono_us -= age_us;
	return 1;
}
