import Foundation
import Yams

extension ConfigurationLayer {
    /// Reads a configuration file; one that cannot be opened is a problem like any other.
    static func file(path: String, _ schema: ConfigurationSchema) -> ConfigurationLayer {
        do {
            return yaml(try TextFile.read(path), path: path, schema)
        } catch {
            var layer = ConfigurationLayer()
            layer.problems.append(
                ConfigurationProblem(
                    origin: .flag(name: "--config"), key: nil, problem: "cannot read \(path): \(error.reason)",
                    remedy: error.remedy))
            return layer
        }
    }

    /// Reads the text of a configuration file; `path` is for messages.
    static func yaml(_ text: String, path: String, _ schema: ConfigurationSchema) -> ConfigurationLayer {
        var layer = ConfigurationLayer()
        do {
            guard let root = try Yams.compose(yaml: text) else { return layer }
            layer.read(root: root, path: path, schema)
        } catch let error as YamlError {
            layer.problems.append(syntaxProblem(error, path: path))
        } catch {
            layer.problems.append(
                ConfigurationProblem(
                    origin: .file(path: path, line: 1), key: nil, problem: "this is not YAML", remedy: "\(error)"))
        }
        return layer
    }

    private mutating func read(root: Node, path: String, _ schema: ConfigurationSchema) {
        guard case .mapping(let mapping) = root else {
            if root.null != nil { return }
            problems.append(
                ConfigurationProblem(
                    origin: .file(path: path, line: root.line), key: nil, problem: "the file has no sections",
                    remedy: "write the section \"\(schema.root):\" with its keys indented below"))
            return
        }
        for (name, node) in mapping {
            if name.string == schema.root {
                read(section: schema.root, node, path: path, schema)
            } else if !ConfigurationSchema.roots.contains(name.string ?? "") {
                reportUnknown(name, in: "", known: ConfigurationSchema.roots, path: path, schema)
            }
        }
    }

    private mutating func read(section: String, _ node: Node, path: String, _ schema: ConfigurationSchema) {
        guard case .mapping(let mapping) = node else {
            if node.null == nil {
                problems.append(
                    ConfigurationProblem(
                        origin: .file(path: path, line: node.line), key: section,
                        problem: "this is a section, not a value", remedy: "indent its keys below"))
            }
            return
        }
        let keys = schema.keys.filter { $0.section == section }
        let subsections = schema.sections.map(\.path).filter { $0.hasPrefix(section + ".") }
        for (nameNode, valueNode) in mapping {
            let name = nameNode.string ?? ""
            if let key = keys.first(where: { $0.name == name }) {
                read(key, valueNode, keyLine: nameNode.line, path: path)
            } else if subsections.contains("\(section).\(name)") {
                read(section: "\(section).\(name)", valueNode, path: path, schema)
            } else {
                let known = keys.map(\.name) + subsections.map { String($0.dropFirst(section.count + 1)) }
                reportUnknown(nameNode, in: section, known: known, path: path, schema)
            }
        }
    }

    private mutating func read(_ key: KeyDescription, _ node: Node, keyLine: Int, path: String) {
        let origin = ConfigurationOrigin.file(path: path, line: keyLine)
        var entry = Entry(origin: origin, values: [])
        switch node {
        case .scalar(let scalar):
            if node.null == nil {
                entry.values.append((scalar.string, .file(path: path, line: node.line)))
            } else if !key.isList, !scalar.string.isEmpty, scalar.style != .plain {
                entry.values.append((scalar.string, .file(path: path, line: node.line)))
            }
        case .sequence(let sequence) where key.isList:
            for element in sequence {
                guard let text = element.scalar?.string else {
                    problems.append(notAValue(key, element, path: path))
                    return
                }
                entry.values.append((text, .file(path: path, line: element.line)))
            }
        case .sequence, .mapping, .alias:
            problems.append(notAValue(key, node, path: path))
            return
        }
        entries[key.path] = entry
    }

    private func notAValue(_ key: KeyDescription, _ node: Node, path: String) -> ConfigurationProblem {
        ConfigurationProblem(
            origin: .file(path: path, line: node.line), key: key.path,
            problem: key.isList ? "this is not a list of values" : "this is not a single value",
            remedy: key.isList
                ? "write [\(key.placeholder), ...]"
                : "write \(key.placeholder.isEmpty ? "true or false" : key.placeholder)")
    }

    private mutating func reportUnknown(
        _ name: Node, in section: String, known: [String], path: String, _ schema: ConfigurationSchema
    ) {
        let text = name.string ?? ""
        let full = section.isEmpty ? text : "\(section).\(text)"
        problems.append(
            ConfigurationProblem(
                origin: .file(path: path, line: name.line), key: full, problem: "there is no such key",
                remedy: Self.remedy(forUnknown: text, known: known, schema)))
    }

    private static func remedy(forUnknown name: String, known: [String], _ schema: ConfigurationSchema) -> String {
        if let closest = Suggestion.closest(to: name, among: known) {
            return "did you mean \(closest)?"
        }
        // A key that exists, in another section, is a slip of the indentation.
        if let elsewhere = schema.keys.first(where: { $0.name == name }) {
            return "\(name) belongs to the section \(elsewhere.section)"
        }
        return "'tern config keys' lists all keys"
    }

    private static func syntaxProblem(_ error: YamlError, path: String) -> ConfigurationProblem {
        var line = 1
        var what = "this is not YAML"
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            line = mark.line
            what = "this is not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            return ConfigurationProblem(
                origin: .file(path: path, line: context.mark.line), key: duplicates.first,
                problem: "the key is given twice",
                remedy: "keep one of the two")
        default: break
        }
        return ConfigurationProblem(
            origin: .file(path: path, line: line), key: nil, problem: what,
            remedy: "look at the indentation, and put values with special characters in quotes")
    }
}

extension Node {
    /// The line that the node starts on, counted from 1.
    fileprivate var line: Int { mark?.line ?? 1 }
}
