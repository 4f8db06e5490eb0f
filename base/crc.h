/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Check sums: ours and those of the instruments. */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (Castagnoli, RFC 3720 B.4), continued from `crc` (start with 0).
 * Check value of "123456789": E3069283.  Uses the instructions of
 * the processor where it has them (SSE4.2, ARMv8). */
uint32_t crc32c(uint32_t crc, const void *in, size_t n);

/* The same without the processor's help; what other machines use. */
uint32_t crc32c_by_table(uint32_t crc, const void *in, size_t n);

/* Modbus CRC-16 (Modbus over serial line 1.02, 6.2.2).  Check value of "123456789":
 * 4B37. */
uint16_t crc16_modbus(const uint8_t *in, size_t n);

/* The same begun with 0 (SDI-12 1.3, 4.4.12.1).  Check value of "123456789": BB3D. */
uint16_t crc16_sdi12(const uint8_t *in, size_t n);

/* CRC-CCITT, 1021h, begun with 0, highest bit first (Davis).  Check value of "123456789": 31C3. */
uint16_t crc16_ccitt(const uint8_t *in, size_t n);

/* Modbus ASCII LRC: two's complement of the byte sum (Modbus over serial line 1.02,
 * 6.2.1). */
uint8_t lrc_modbus(const uint8_t *in, size_t n);

#endif
