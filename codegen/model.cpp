#include "model.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

namespace awsgen {
namespace {

Json read_json(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return Json::parse(stream);
}

// An ordered object finds a key by looking at each: too slow for a thousand shapes, so never used
// with those.
void merge(Json& base, const Json& addition) {
  for (const auto& [key, value] : addition.items()) {
    if (base.contains(key) && base[key].is_object() && value.is_object()) {
      merge(base[key], value);
    } else {
      base[key] = value;
    }
  }
}

Json read_with_additions(const std::filesystem::path& folder, const std::string& stem) {
  Json json = read_json(folder / (stem + ".json"));
  const std::filesystem::path additions = folder / (stem + ".sdk-extras.json");
  if (std::filesystem::exists(additions)) merge(json, read_json(additions).at("merge"));
  return json;
}

}  // namespace

std::vector<OperationChoice> read_operations(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::vector<OperationChoice> choices;
  std::set<std::string> seen;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    std::istringstream words(line.substr(0, line.find('#')));
    OperationChoice choice;
    if (!(words >> choice.name)) continue;
    const std::string where = file.string() + ":" + std::to_string(number) + ": ";
    if (!seen.insert(choice.name).second) {
      throw std::runtime_error(where + choice.name + " is listed twice");
    }
    for (std::string word; words >> word;) {
      if (word == "read" || word == "write") {
        choice.effect = word;
      } else if (word == "safe" || word == "once") {
        choice.repeat = word;
      } else if (word.starts_with("token=")) {
        choice.token = word.substr(6);
      } else {
        throw std::runtime_error(where + "unknown word " + word);
      }
    }
    choices.push_back(choice);
  }
  return choices;
}

Model::Model(std::string name, Json service)
    : name_(std::move(name)), service_(std::move(service)) {
  index();
}

Model Model::load(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> versions;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (std::filesystem::exists(entry.path() / "service-2.json")) versions.push_back(entry.path());
  }
  if (versions.empty()) throw std::runtime_error("no service model below " + folder.string());
  const std::filesystem::path newest = *std::max_element(versions.begin(), versions.end());
  // Also of "…/data/sqs/", as shells complete it.
  Model model((folder / ".").lexically_normal().parent_path().filename().string(),
              read_with_additions(newest, "service-2"));
  if (std::filesystem::exists(newest / "paginators-1.json")) {
    model.pagination_ = read_with_additions(newest, "paginators-1").at("pagination");
  }
  if (std::filesystem::exists(newest / "waiters-2.json")) {
    model.waiters_ = read_with_additions(newest, "waiters-2").at("waiters");
  }
  if (std::filesystem::exists(newest / "endpoint-rule-set-1.json")) {
    model.rules_ = read_json(newest / "endpoint-rule-set-1.json");
  }
  return model;
}

void Model::add_waiters(const std::filesystem::path& file) {
  const Json added = read_json(file);
  for (const auto& [name, waiter] : added.at("waiters").items()) waiters_[name] = waiter;
}

void Model::index() {
  shapes_.clear();
  for (const auto& [key, value] : service_.at("shapes").items()) shapes_[key] = &value;
}

const Json& Model::shape(const std::string& shape_name) const {
  const auto found = shapes_.find(shape_name);
  if (found == shapes_.end()) throw std::runtime_error(name_ + ": no shape " + shape_name);
  return *found->second;
}

namespace {

std::string known_protocol(const Json& metadata) {
  static const std::set<std::string> spoken{"ec2", "query", "json", "rest-json", "rest-xml"};
  const Json all = metadata.value("protocols", Json::array());
  for (const Json& candidate : all) {
    if (spoken.contains(candidate.get<std::string>())) return candidate.get<std::string>();
  }
  const std::string only = metadata.value("protocol", "");
  return spoken.contains(only) ? only : "";
}

}  // namespace

bool Model::has_known_protocol() const { return !known_protocol(metadata()).empty(); }

std::string Model::protocol() const {
  std::string found = known_protocol(metadata());
  if (found.empty()) throw std::runtime_error(name_ + " has no protocol that is spoken here");
  return found;
}

bool Model::streams_events(const std::string& operation) const {
  const Json& sides = operations().at(operation);
  for (const char* side : {"input", "output"}) {
    if (!sides.contains(side)) continue;
    const Json& members =
        shape(sides.at(side).at("shape").get<std::string>()).value("members", Json::object());
    for (const auto& [name, reference] : members.items()) {
      if (Traits(*this, reference).flag("eventstream")) return true;
    }
  }
  return false;
}

Traits::Traits(const Model& model, const Json& reference)
    : reference_(&reference), shape_name_(reference.at("shape").get<std::string>()) {
  shape_ = &model.shape(shape_name_);
}

const Json* Traits::find(const char* name) const {
  if (const auto own = reference_->find(name); own != reference_->end()) return &*own;
  if (const auto shared = shape_->find(name); shared != shape_->end()) return &*shared;
  return nullptr;
}

std::string Traits::own_text(const char* name, const std::string& otherwise) const {
  const auto own = reference_->find(name);
  return own != reference_->end() && own->is_string() ? own->get<std::string>() : otherwise;
}

bool Traits::flag(const char* name) const {
  const Json* found = find(name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::string Traits::text(const char* name, const std::string& otherwise) const {
  const Json* found = find(name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : otherwise;
}

namespace {

// A structure needs its structure members complete, its lists and maps do not need their elements
// to be.
class Sorter {
 public:
  Sorter(const Model& model, Selection& selection) : model_(model), selection_(selection) {}

  void reach(const std::string& name) {
    if (!reached_.insert(name).second) return;
    const Json& shape = model_.shape(name);
    const std::string type = shape.at("type").get<std::string>();
    if (type == "structure") {
      structures_.push_back(name);
      for (const auto& [member, reference] : shape.at("members").items()) {
        reach(reference.at("shape").get<std::string>());
      }
    } else if (type == "list") {
      selection_.collections.push_back(name);
      reach(shape.at("member").at("shape").get<std::string>());
    } else if (type == "map") {
      selection_.collections.push_back(name);
      reach(shape.at("value").at("shape").get<std::string>());
    }
  }

  void sort() {
    for (const std::string& name : structures_) place(name);
  }

 private:
  void place(const std::string& name) {
    if (placed_.contains(name)) return;
    open_.insert(name);
    for (const auto& [member, reference] : model_.shape(name).at("members").items()) {
      const std::string target = reference.at("shape").get<std::string>();
      if (model_.shape(target).at("type") != "structure") continue;
      if (open_.contains(target)) {
        selection_.boxed.insert({name, member});
      } else {
        place(target);
      }
    }
    open_.erase(name);
    placed_.insert(name);
    selection_.structures.push_back(name);
  }

  const Model& model_;
  Selection& selection_;
  std::set<std::string> reached_, placed_, open_;
  std::vector<std::string> structures_;
};

}  // namespace

Selection select_shapes(const Model& model, const std::vector<OperationChoice>& choices) {
  Selection selection;
  Sorter sorter(model, selection);
  for (const OperationChoice& choice : choices) {
    const auto found = model.operations().find(choice.name);
    if (found == model.operations().end()) {
      throw std::runtime_error(model.name() + " has no operation " + choice.name);
    }
    for (const char* side : {"input", "output"}) {
      if (!found->contains(side)) continue;
      const std::string shape = found->at(side).at("shape").get<std::string>();
      sorter.reach(shape);
      if (std::string(side) == "output") selection.outputs.insert(shape);
    }
  }
  sorter.sort();
  return selection;
}

}  // namespace awsgen
