/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/kits/kiosk_kit.h"

#include "tests/kits/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/legal_time.h"

static const char configuration[] =
        "zone: {id: kcn-mau, name: KCN Mẫu}\n"
        "station: {id: nt-01, name: Nước thải, simulation: yes}\n"
        "facility: {id: a, name: A}\n"
        "outlets: [{id: x, name: X, kind: water}]\n"
        "journal: {folder: journal}\n"
        "ports: [{id: bus, path: /dev/serial/by-id/usb-a}]\n"
        "instruments:\n"
        "  - id: cod\n"
        "    profile: sim-water-quality\n"
        "    port: bus\n"
        "    slave: 3\n"
        "    channels:\n"
        "      - {name: cod, limit: 75 mg/L, limit_source: GPMT 12}\n"
        "  - id: ph\n"
        "    profile: sim-ph-temperature\n"
        "    port: bus\n"
        "    slave: 2\n"
        "    channels:\n"
        "      - {name: ph, limit: 5.5..9 pH, limit_source: GPMT 12}\n"
        "inputs:\n"
        "  - {id: door, kind: door, gpio: /dev/gpiochip0, gpio_line: 1}\n"
        "  - {id: key, kind: maintenance, gpio: /dev/gpiochip0, gpio_line: 2, name: "
        "Khóa K1}\n"
        "  - {id: mains, kind: mains, gpio: /dev/gpiochip0, gpio_line: 3}\n"
        "  - {id: ups, kind: ups, gpio: /dev/gpiochip0, gpio_line: 4}\n"
        "  - {id: ready, kind: sampler-ready, gpio: /dev/gpiochip0, gpio_line: 5}\n";

struct kiosk kiosk;

int kiosk_setup(void **state)
{
	struct problem why;
	setenv("QUANTRAC_PROFILES", project_file("sensors/profiles"), 1);
	if (kiosk.station == NULL &&
	        station_parse(&kiosk.station, configuration, strlen(configuration), "s",
	                stderr, &why) != OK)
		return -1;
	int64_t now_us = INT64_C(1794188880000000); /* 08:48:00 on 9 November 2026 */
	kiosk.channel[0] = (struct live_channel){ "cod", "cod", "COD", "COD", "mg/L",
		"ok", 41.25, 1, now_us - 3 * S, now_us - 3 * S, 100, 10 };
	kiosk.channel[1] = (struct live_channel){ "ph", "ph", "pH", "pH", "pH", "ok",
		7.2, 2, now_us - S, now_us - S, 100, 2 };
	kiosk.channel[2] = (struct live_channel){ "ph", "temperature", "Nhiệt độ",
		"Temperature", "Cel", "off", NAN, 1, 0, 0, NAN, 2 };
	kiosk.told[0] = (struct live_state){ "input door", "open", "", now_us };
	kiosk.view = (struct live_view){ .station = "nt-01",
		.name = "Nước thải",
		.link = "open",
		.journal = "disk",
		.running = true,
		.written_us = now_us,
		.mono_us = 100 * S,
		.waiting = 12,
		.acked_us = now_us - 4 * S,
		.n_channels = 3,
		.channel = kiosk.channel,
		.n_states = 1,
		.told = kiosk.told };
	kiosk.scene = (struct watch){ .station = kiosk.station,
		.view = &kiosk.view,
		.now = { .time_us = now_us, .mono_us = 100 * S },
		.vietnamese = true,
		.both = true,
		.kiosk = true,
		.offset_min = OFFSET_VIETNAM };
	return 0;
}

int kiosk_end(void **state)
{
	station_free(kiosk.station);
	return 0;
}

int kiosk_draw(int rows, int cols)
{
	char *bytes = NULL;
	size_t n;
	struct screen *screen = screen_new(rows, cols, true);
	int pages = watch_draw(screen, &kiosk.scene);
	FILE *out = open_memstream(&bytes, &n);
	screen_write(screen, out);
	fclose(out);
	vt_begin(&kiosk.vt, rows, cols);
	vt_feed(&kiosk.vt, bytes, n);
	free(bytes);
	screen_free(screen);
	assert_int_equal(kiosk.vt.strange, 0);
	return pages;
}

void kiosk_shows(const char *text)
{
	assert_contains(vt_text(&kiosk.vt), text);
}

void kiosk_shows_not(const char *text)
{
	if (strstr(vt_text(&kiosk.vt), text) != NULL)
		fail_msg("\"%s\" is in:\n%s", text, vt_text(&kiosk.vt));
}

int kiosk_colour(const char *text)
{
	int col, row = vt_find(&kiosk.vt, text, &col);
	if (row < 0)
		fail_msg("\"%s\" is not in:\n%s", text, vt_text(&kiosk.vt));
	return kiosk.vt.cell[row][col].colour;
}
