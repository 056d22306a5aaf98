"""What agents read on buttons, forms, lists and pages, in Portuguese."""

from __future__ import annotations

from typing import Final

FORMS: Final[dict[str, str]] = {
    # buttons and menu of a card
    "assign": "Atribuir…",
    "escalate": "Escalar…",
    "reply_with": "Responder com…",
    "menu_more": "Mais…",
    "menu_note": "Nota interna…",
    "menu_pending_until": "À espera até…",
    "menu_hold_because": "Pausar porque…",
    "menu_priority": "Prioridade…",
    "menu_tags": "Etiquetas…",
    "menu_merge": "Juntar…",
    "menu_split": "Dividir…",
    "menu_show_all": "Mostrar tudo",
    "show_all": "Mostrar tudo",
    # forms: what all of them say
    "form_cancel": "Cancelar",
    "form_close": "Fechar",
    "form_save": "Salvar",
    "form_until": "Até quando?",
    "form_until_hint": "Por exemplo 2d, segunda, amanhã 14:30 ou 2026-10-20. Depois o ticket volta sozinho.",
    "form_whom": "A quem?",
    "form_teams": "Equipes",
    "form_agents": "Pessoas",
    "form_levels": "Níveis",
    "form_reason": "Por quê?",
    "form_empty": "Preencha este campo.",
    "form_not_offered": "Essa opção não existe mais. Escolha de novo.",
    "form_too_long": "Longo demais: no máximo {limit} caracteres.",
    # assign, escalate
    "assign_title": "Atribuir",
    "escalate_title": "Escalar",
    "escalate_next": "O próximo nível",
    "escalate_level": "Nível {level}",
    "escalate_hint": "É a primeira coisa que lê quem o recebe.",
    # reply
    "reply_title": "Resposta ao cliente",
    "reply_send": "Enviar",
    "reply_canned": "Resposta pronta",
    "reply_choose": "Escolha uma ou escreva abaixo",
    "reply_fitting": "Para este ticket",
    "reply_others": "Todas as outras",
    "reply_text": "O que o cliente recebe",
    "reply_held": "Sai após {seconds} segundos; um ❌ na thread a interrompe.",
    "reply_at_once": "Sai na hora.",
    "reply_by_phone": (
        "Este ticket veio por telefone: nada pode ser enviado para lá. O que você escrever fica como nota interna."
    ),
    "reply_then": "E depois",
    "reply_then_stays": "O status fica como está",
    "reply_then_resolved": "Resolvido, quando tiver saído",
    "reply_then_pending": "À espera do cliente, quando tiver saído",
    "reply_mentions": (
        "Aqui se menciona um colega, ou começa como nota ou comando. Retire isso, ou faça disto uma nota."
    ),
    # priority, tags, note, hold, pending, merge, split
    "priority_title": "Prioridade",
    "priority_urgency": "Urgência",
    "priority_impact": "Impacto",
    "priority_hint": (
        "Uma prioridade que alguém escolheu fica. Se ninguém escolheu, urgência e impacto decidem."
    ),
    "tags_title": "Etiquetas",
    "tags_hint": "Separadas por espaços ou vírgulas. As que você tirar daqui saem do ticket.",
    "note_title": "Nota interna",
    "note_text": "O que ela deve dizer?",
    "note_hint": "Fica interna: o cliente não a vê.",
    "hold_title": "Em pausa",
    "hold_reason": "O que está esperando?",
    "pending_title": "À espera do cliente",
    "merge_title": "Juntar",
    "merge_ref": "A qual ticket?",
    "merge_hint": "Este ticket passa a fazer parte daquele, com todas as mensagens. Dá para desfazer.",
    "split_title": "Dividir",
    "split_from_which": "A partir de qual mensagem?",
    "split_hint": "Essa mensagem, e o que veio depois, vira um ticket à parte. Dá para desfazer.",
    # a new ticket
    "new_title": "Novo ticket",
    "new_open": "Abrir",
    "new_name": "Nome do cliente",
    "new_address": "Telefone ou e-mail",
    "new_address_hint": (
        "Com um telefone é uma ligação: nada pode ser enviado para lá. A um e-mail vão as suas respostas."
    ),
    "new_subject": "Assunto",
    "new_text": "Do que se trata?",
    "new_team": "Equipe",
    "new_by_rules": "Como dizem as regras",
    "new_assignee": "Quem assume?",
    "new_mine": "Eu",
    "new_whoever": "Quem for da vez na equipe",
    "new_opened": "{ref} está aberto: {subject}",
    "wrong_address": "“{found}” não é nem telefone nem e-mail.",
    "not_a_customer": "“{found}” é um endereço da própria central ou de um atendente, não de um cliente.",
    "no_mail_channel": "Esta central não envia e-mails: informe um telefone.",
    "no_way_back": (
        "Este ticket veio por telefone: nada pode ser enviado para {address}. O que você escreveu ficou interno."
    ),
    # pages
    "page_message": "A mensagem inteira",
    "page_ticket": "Tudo o que foi escrito",
    "page_more": "Continuar lendo ({part} de {parts})",
    "page_empty": "Não há nada para ler.",
    # shortcuts
    "not_a_tickets_message": "Essa mensagem não está na thread de um ticket.",
    "only_own_notes": "Só uma nota que você mesmo escreveu pode ir ao cliente.",
    "note_already": "Isto já é uma nota.",
    "note_too_late": "Tarde demais: o cliente já tem esta mensagem.",
    "note_of_desk": "Só o que alguém da equipe escreveu pode virar nota.",
    "no_text": "Essa mensagem não tem texto.",
    # /desk and the home tab
    "not_of_roster": (
        "Você não está entre os atendentes desta central. Um administrador os adiciona em deskd.yaml."
    ),
    "slash_my": "Seus tickets abertos: {count}",
    "slash_queue": "Tickets abertos de {teams}: {count}",
    "slash_found": "Tickets encontrados para “{words}”: {count}",
    "slash_found_many": "Tickets encontrados para “{words}”, os {count} mais recentes",
    "slash_no_team": "Você não está em nenhuma equipe.",
    "slash_unknown": "Aqui não existe “{found}”.",
    "slash_help": (
        "• {command} my – seus tickets, primeiro os que vencem antes\n"
        "• {command} queue – os tickets abertos das suas equipes\n"
        "• {command} search PALAVRAS – por referência, cliente, assunto ou texto\n"
        "• {command} new – abre um ticket, por exemplo depois de uma ligação\n"
        "• {command} help – esta lista\n"
        "Na thread de um ticket, digite !help."
    ),
    "more_tickets": "… e mais {count}",
    "home_hello": "Olá, {name}. Que bom ver você.",
    "home_stranger": "Aqui os atendentes da central veem os seus tickets.",
    "home_mine": "Meus tickets ({count})",
    "home_none_mine": "Você não tem tickets abertos.",
    "home_queue": "{team} ({count} abertos)",
    "home_none_queue": "Aqui não há nada aberto.",
    "home_refresh": "Atualizar",
    "home_new": "Novo ticket…",
}
