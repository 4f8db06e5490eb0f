/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/drivers/modbus_step.h"

#include "sensors/tables/profile.h"

/* So many registers, or eight times as many bits, from where the block begins. */
static struct modbus_request some(const struct modbus_request *block, size_t registers)
{
	struct modbus_request request = *block;
	size_t count = block->function <= 2 ? 8 * registers : registers;
	request.count = (uint16_t)count;
	if ((size_t)request.start + count > 65536)
		request.start = (uint16_t)(65536 - count);
	return request;
}

static bool is_size_of_a_block(
        const struct instrument *instrument, const struct modbus_request *trial)
{
	for (size_t i = 0; i < instrument->profile->n_blocks; i++) {
		struct modbus_request block = modbus_block_request(instrument, i);
		if (block.function == trial->function &&
		        modbus_answer_size(&block) == modbus_answer_size(trial))
			return true;
	}
	return false;
}

bool modbus_trial(const struct instrument *instrument, size_t block, size_t i,
        struct modbus_request *out)
{
	struct modbus_request wanted = modbus_block_request(instrument, block);
	for (size_t registers = 1; registers <= MODBUS_TRIAL; registers++) {
		*out = some(&wanted, registers);
		if (!is_size_of_a_block(instrument, out) && i-- == 0)
			return true;
	}
	return false;
}
