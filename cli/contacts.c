/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/contacts.h"

#include <string.h>

#include "sensors/station/inputs.h"

const char *contact_name(const struct station *station, const char *id, bool vietnamese)
{
	static const struct word kinds[] = {
		[INPUT_MAINTENANCE] = { "Khóa bảo trì", "Maintenance key" },
		[INPUT_DOOR] = { "Cửa tủ", "Door" },
		[INPUT_MAINS] = { "Điện lưới", "Mains" },
		[INPUT_UPS] = { "Bộ lưu điện", "UPS" },
		[INPUT_SAMPLER_READY] = { "Thiết bị lấy mẫu", "Sampler" },
		[INPUT_OTHER] = { "Tiếp điểm", "Contact" },
	};
	for (size_t i = 0; i < station->cabinet.n_inputs; i++) {
		const struct input_setting *input = &station->cabinet.input[i];
		if (strcmp(input->id, id) != 0)
			continue;
		if (input->name[0] != '\0')
			return input->name;
		return vietnamese ? kinds[input->kind].vi : kinds[input->kind].en;
	}
	return id;
}

bool contact_is_input(const struct live_state *told)
{
	return strncmp(told->subject, "input ", 6) == 0;
}

const struct live_state *contact_told(const struct live_view *view, const char *id)
{
	for (size_t i = 0; i < view->n_states; i++)
		if (contact_is_input(&view->told[i]) &&
		        strcmp(view->told[i].subject + 6, id) == 0)
			return &view->told[i];
	return NULL;
}

static const struct word not_yet = { "chưa biết", "not known yet" };

const struct word *contact_state(const struct live_state *told)
{
	return told != NULL ? watch_input(told->state) : &not_yet;
}

static const char *all_of_them(bool vietnamese)
{
	return vietnamese ? "tất cả thiết bị" : "all instruments";
}

const char *contact_key(const struct live_maintenance *maintenance,
        const struct station *station, bool vietnamese)
{
	return strncmp(maintenance->id, "by ", 3) == 0
	               ? contact_name(station, maintenance->id + 3, vietnamese)
	               : NULL;
}

const char *contact_holder(const struct live_maintenance *maintenance,
        const struct station *station, bool vietnamese)
{
	const char *key = contact_key(maintenance, station, vietnamese);
	if (key != NULL)
		return key;
	return strcmp(maintenance->id, "all instruments") == 0 ? all_of_them(vietnamese)
	                                                       : maintenance->id;
}

const char *contact_instruments(
        const struct live_maintenance *maintenance, bool vietnamese)
{
	return maintenance->instruments[0] != '\0' ? maintenance->instruments
	                                           : all_of_them(vietnamese);
}

int64_t bottles_left(const struct live_sampler *sampler)
{
	int64_t left = sampler->bottles - sampler->used;
	return left > 0 ? left : 0;
}

int64_t bottles_left_today(const struct live_sampler *sampler)
{
	int64_t today = sampler->most_a_day - sampler->today;
	int64_t left = bottles_left(sampler);
	return today < 0 ? 0 : today < left ? today : left;
}

const struct live_state *sampler_told(const struct live_view *view)
{
	for (size_t i = 0; i < view->n_states; i++)
		if (strcmp(view->told[i].subject, "sampler") == 0)
			return &view->told[i];
	return NULL;
}
