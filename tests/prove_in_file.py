#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of one sealed file, as somebody with common tools makes them: functions of (file, group of the instrument)."""
import os

import h5py
import numpy

from prove_kit import DAY, HERE, run


def edit(archive, *words):
    run("/usr/bin/python3", os.path.join(HERE, "edit_h5.py"), os.path.join(archive, DAY % 3), *words)


def in_file(archive, act, *words):
    """A change that libhdf5 makes in a sealed file."""
    path = os.path.join(archive, DAY % 3)
    os.chmod(path, 0o600)
    with h5py.File(path, "r+") as file:
        act(file, instrument(file), *words)


def instrument(file):
    return next(n for n in file if isinstance(file[n], h5py.Group) and n != "events")


def units_away(file, group):
    del file[group]["cod"].attrs["units"]


def attribute_in(file, group):
    file[group]["cod"].attrs["x"] = 1


def group_renamed(file, group):
    file.move(group, group + "-b")


def flags_change(file, group):
    attrs = file[group]["cod_state"].attrs
    values = attrs["flag_values"]
    values[1] = 2
    attrs.modify("flag_values", values)


def stored_as(file, group, name, kind):
    """The same numbers in another type, the same attributes."""
    column = file[group][name]
    values, attrs = column[:], [(key, column.attrs.get_id(key).dtype, column.attrs[key]) for key in column.attrs]
    del file[group][name]
    column = file[group].create_dataset(name, data=values.astype(kind))
    for key, sort, value in attrs:
        if key != "DIMENSION_LIST":
            column.attrs.create(key, value, dtype=sort)
    column.dims[0].attach_scale(file[group]["time"])


def big_endian(file, group):
    stored_as(file, group, "cod", ">f8")


def wide_states(file, group):
    stored_as(file, group, "cod_state", "<i4")


def narrow_numbers(file, group):
    stored_as(file, group, "seq", "<u4")


def part_of_a_microsecond(file, group):
    file[group]["time"][0] += 2.4e-7


def fill_of_another_type(file, group):
    attrs = file[group]["cod"].attrs
    attrs.create("_FillValue", attrs["_FillValue"], dtype=">f8")


def longer_text(file, group):
    attrs = file[group]["cod"].attrs
    attrs.create("units", attrs["units"], dtype="S40")


def soft_link(file, group):
    file["more"] = h5py.SoftLink("/" + group)


def hard_link(file, group):
    file[group]["more"] = file[group]["time"]


def type_put_in(file, _):
    file["more"] = file["epochs"].dtype


def empty_attribute(file, _):
    file.attrs["more"] = h5py.Empty("f8")


def comment(file, group):
    h5py.h5o.set_comment(file[group]["cod"].id, b"unit: ug/L")


def words_of_a_list(file, group, key):
    """Any text, where addresses of dimensions are looked for."""
    file[group].attrs[key] = numpy.bytes_("the unit is ug/L")


def list_away(file, group, name, key):
    del file[group][name].attrs[key]


def another_scale(file, group):
    file[group]["cod"].dims[0].detach_scale(file[group]["time"])
    file[group]["cod"].dims[0].attach_scale(file["epochs"])


def values_of_a_dimension(file, group):
    file[group]["exchange_bytes"][0] = 7


def another_text(file, group, name, key, old, new):
    attrs = (file[group][name] if name else file).attrs
    attrs.create(key, attrs[key].replace(old, new), dtype=attrs.get_id(key).dtype)


def other_text_form(file, group, name, key, charset, padding):
    """The same text, as one of another set of characters or with another end."""
    column = file[group][name]
    text, size = column.attrs[key], column.attrs.get_id(key).dtype.itemsize
    del column.attrs[key]
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(size)
    kind.set_cset(charset)
    kind.set_strpad(padding)
    made = h5py.h5a.create(column.id, key.encode(), kind, h5py.h5s.create(h5py.h5s.SCALAR))
    made.write(numpy.array(text, dtype=f"S{size}"), mtype=kind)


def numbered(file, group, name):
    """As if the name it should have were taken."""
    if name:
        file.move(f"{group}/{name}_state", f"{group}/{name}__2_state")
        file[group][name].attrs.modify("ancillary_variables", numpy.bytes_(f"{name}__2_state"))
        file.move(f"{group}/{name}", f"{group}/{name}__2")
    else:
        file.move(group, group + "__2")


def another_shape(file, group, name, key):
    attrs = file[group][name].attrs
    attrs.create(key, attrs[key], shape=(attrs[key].size, 1), dtype=attrs.get_id(key).dtype)


def one_up(file, group, name):
    file[name][0] += 1


def start_moved(file, _, by):
    file.attrs.modify("day_us", file.attrs["day_us"] + by)
