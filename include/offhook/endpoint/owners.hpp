#ifndef OFFHOOK_ENDPOINT_OWNERS_HPP
#define OFFHOOK_ENDPOINT_OWNERS_HPP

#include <cstddef>
#include <utility>
#include <vector>

namespace offhook {

/// To whom a transaction belongs: a table beside the slab that the transactions live in, by the
/// same indices. A stale id finds nothing.
template <class Id, class Owner>
class Owners {
public:
    /// Returns the owner of a transaction before it, of whose end nobody has been told yet.
    Owner set(Id id, Owner owner) {
        if (id.index >= entries_.size()) entries_.resize(std::size_t{id.index} + 1);
        return std::exchange(entries_[id.index], Entry{id, owner}).owner;
    }
    /// Null for a stale id.
    const Owner* find(Id id) const {
        const bool known = id && id.index < entries_.size() && entries_[id.index].id == id;
        return known ? &entries_[id.index].owner : nullptr;
    }
    /// Does nothing for a stale id.
    void erase(Id id) {
        if (find(id)) entries_[id.index] = {};
    }

private:
    struct Entry {
        Id id = {};
        Owner owner = {};
    };
    std::vector<Entry> entries_;
};

} // namespace offhook

#endif
